"""Deliveries over TLS: HTTP/2 where the agency offers it, and the certificate must verify."""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from gateway import Gateway
from simagency import make_certificate
from simmodem import wait_for


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Tls(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kujdestar-h2-")
        self.addCleanup(shutil.rmtree, self.dir, True)
        self.cert, key = make_certificate(self.dir)
        self.port = free_port()
        os.mkdir(os.path.join(self.dir, "www"))
        with open(os.path.join(self.dir, "www", "mun"), "w", encoding="ascii") as f:
            f.write("ok")
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
