"""Deliveries over TLS: HTTP/2 where the agency offers it, and the certificate must verify."""
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from gateway import Gateway
from simagency import make_certificate
from simmodem import default_build, wait_for
from wire import DONE_HTTP, Worker, settings, work_http


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


LONG = b"{" + b"0123456789" * 6000 + b"}"  # several TLS records, more than the library reads at once
KEPT = 16384                                # octets of an answer that the courier hands back


class Pieces(http.server.BaseHTTPRequestHandler):
    """Answers in pieces of odd sizes, so that records and reads do not end together."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(LONG)))
        self.end_headers()
        for at in range(0, len(LONG), 7919):
            self.wfile.write(LONG[at:at + 7919])

    def log_message(self, *args):
        pass


class Tls(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kujdestar-h2-")
        self.addCleanup(shutil.rmtree, self.dir, True)
        self.cert, key = make_certificate(self.dir)
        self.key = key
        self.port = free_port()
        os.mkdir(os.path.join(self.dir, "www"))
        with open(os.path.join(self.dir, "www", "mun"), "w", encoding="ascii") as f:
            f.write("ok")
        with open(os.path.join(self.dir, "www", "long"), "wb") as f:
            f.write(LONG)
        self.log = os.path.join(self.dir, "log")
        with open(self.log, "wb") as log:
            server = subprocess.Popen(["nghttpd", "-v", "--address=127.0.0.1", "-d", os.path.join(self.dir, "www"),
                                       str(self.port), key, self.cert], stdout=log, stderr=log)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)

    def gateway(self, ca_file):
        def edit(text):
            text = re.sub(r'url = "http://127\.0\.0\.1:\d+/mun"; plain_http = true;',
                          f'url = "https://127.0.0.1:{self.port}/mun"; ca_file = "{ca_file}";', text)
            return text
        return Gateway(edit=edit)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def test_http2_is_spoken_and_kept(self):
        with self.gateway(self.cert) as gw:
            gw.init().run()
            for n in (1, 2):
                gw.text("O1", f"RAST LYP Z{n} M11")
                wait_for(lambda: gw.count("outbox", "leg = 'http' AND state = 'delivered'") == n, 20, "a delivery")
            self.assertIn(":method: POST", self.said())
            self.assertIn("webhook-signature: v1,", self.said())
            self.assertIn("h2", self.said())
            self.assertIn("[id=1]", self.said())
            self.assertNotIn("[id=2]", self.said())  # the second delivery used the same connection

    def long_answers(self, port):
        """Several at once, again and again on the same connections: each whole and in time."""
        courier = Worker(os.path.join(default_build(), "kujdestar-courier"), "courier")
        self.addCleanup(courier.end)
        courier.send(settings({"max_parallel": 4, "ports": port, "files": self.cert, "ca_file": self.cert}))
        self.assertIsNotNone(courier.until_ready())
        for _ in range(10):
            for job in range(4):
                courier.send(work_http(job, f"https://127.0.0.1:{port}/long", timeout_ms=20000))
            for _ in range(4):
                kind, done = courier.receive()
                self.assertEqual((kind, done["result"], done["status"]), (DONE_HTTP, 1, 200), done["detail"])
                self.assertEqual(done["body"], LONG[:KEPT])
                self.assertLess(done["elapsed"], 20000)

    def test_long_answers_over_http2(self):
        wait_for(lambda: "listen" in self.said(), 10, "the server")
        self.long_answers(self.port)

    def test_long_answers_over_tls(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pieces)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.long_answers(server.server_port)

    def test_a_certificate_nobody_vouches_for_is_refused(self):
        other = os.path.join(self.dir, "other")
        os.mkdir(other)
        with self.gateway(make_certificate(other)[0]) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            row = wait_for(lambda: gw.rows("SELECT * FROM outbox WHERE leg = 'http' AND attempts > 0 AND "
                                           "state = 'queued'"), 20, "a refused try")[0]
            self.assertRegex(row["reason"], "(?i)tls|certificate|ssl")
            self.assertNotIn("POST", self.said())


if __name__ == "__main__":
    unittest.main()
