"""The edge as a stranger on the network meets it: limits, ambiguous requests, a hub that is busy."""
import json
import os
import shutil
import signal
import socket
import ssl
import tempfile
import time
import unittest

from edge import Edge, status_of
from simagency import make_certificate
from simmodem import wait_for

BAD = [  # a request whose end is a matter of opinion: refused, and the connection closed
    b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
    b"POST /health HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
]


class TestEdge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.edge = Edge("body_max = 1024; request_s = 2; per_address = 8;")
        cls.edge.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.edge.__exit__(None, None, None)

    def test_health_goes_through_the_hub(self):
        status, headers, text = self.edge.ask("GET", "/health")
        self.assertEqual((status, json.loads(text)), (200, {"status": "ok"}))
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertNotIn("Server", headers)

    def test_what_is_not_there_is_said_as_a_problem(self):
        self.assertEqual(self.edge.problem("GET", "/nothing")["status"], 404)
        self.assertEqual(self.edge.problem("GET", "/health/..")["status"], 404)
        for path in ("/health%00", "/%00", "/health%00?a=1", "/health%00/x"):
            self.assertEqual(self.edge.problem("GET", path)["status"], 400, path)
        status, headers, _ = self.edge.ask("DELETE", "/health")
        self.assertEqual((status, headers["Allow"]), (405, "GET"))

    def test_ambiguous_requests_are_refused_and_closed(self):
        for octets in BAD:
            # whatever follows on the same connection must not be taken for a request
            answer = self.edge.raw(octets + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(status_of(answer), 400, octets)
            self.assertNotIn(b" 200 ", answer, octets)

    def test_long_bodies_are_refused(self):
        self.assertEqual(self.edge.problem("POST", "/health", body=b"x" * 1025)["status"], 413)
        chunk = b"400\r\n" + b"y" * 1024 + b"\r\n"
        answer = self.edge.raw(b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               + chunk * 2 + b"0\r\n\r\n")
        self.assertEqual(status_of(answer), 413)

    def test_many_headers_are_refused(self):
        self.assertEqual(self.edge.problem("GET", "/health", headers={f"X-{i}": "1" for i in range(80)})["status"], 400)
        self.assertIn(status_of(self.edge.raw(b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40000 + b"\r\n\r\n")),
                      (413, 431))

    def test_who_trickles_is_cut_off(self):
        with socket.create_connection(("127.0.0.1", self.edge.port), timeout=20) as s:
            begun = time.monotonic()
            s.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
            ended = False
            while not ended and time.monotonic() - begun < 15:
                s.settimeout(0.3)
                try:
                    s.sendall(b"X")
                    ended = s.recv(100) == b""
                except TimeoutError:
                    pass
                except OSError:
                    ended = True
            self.assertTrue(ended, "a header of one octet every 0.3 s held the connection")

    def test_one_address_gets_few_connections(self):
        held = []
        try:
            for _ in range(20):
                s = socket.create_connection(("127.0.0.1", self.edge.port), timeout=5)
                held.append(s)
            refused = 0
            for s in held:
                s.settimeout(0.2)
                try:
                    refused += s.recv(1) == b""
                except TimeoutError:
                    pass
                except OSError:
                    refused += 1
            self.assertGreaterEqual(refused, 12)
        finally:
            for s in held:
                s.close()
        # those are gone: others are served again
        def served():
            try:
                return self.edge.ask("GET", "/health")[0] == 200
            except OSError:
                return False
        wait_for(served, 10, "the edge serves again")


class TestEdgeAndHub(unittest.TestCase):
    def test_a_killed_edge_is_replaced(self):
        with Edge() as e:
            os.kill(e.gw.worker("edge")["pid"], signal.SIGKILL)
            def answers():
                try:
                    return e.ask("GET", "/health")[0] == 200
                except OSError:
                    return False
            wait_for(answers, 20, "a new edge answers")

    def test_a_hub_that_stands_still_is_a_503(self):
        with Edge("request_s = 1;") as e:
            self.assertEqual(e.ask("GET", "/health")[0], 200)
            os.kill(e.gw.hub.pid, signal.SIGSTOP)
            try:
                status, headers, _ = e.ask("GET", "/health")
            finally:
                os.kill(e.gw.hub.pid, signal.SIGCONT)
            self.assertEqual((status, headers["Retry-After"]), (503, "30"))
            wait_for(lambda: e.ask("GET", "/health")[0] == 200, 20, "it answers again")

    def test_a_port_in_use_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            from gateway import Gateway
            from edge import listening
            with Gateway(edit=listening(taken.getsockname()[1])) as gw:
                gw.init().run(wait=False)
                wait_for(gw.up, 20, "the hub runs")
                wait_for(lambda: "in use" in str(gw.worker("edge")), 20, "the reason in status")

    def test_tls(self):
        directory = tempfile.mkdtemp(prefix="kujdestar-edge-")
        self.addCleanup(shutil.rmtree, directory, True)
        cert, key = make_certificate(directory)
        with Edge(f'tls_cert = "{cert}"; tls_key = "{key}";') as e:
            context = ssl.create_default_context(cafile=cert)
            context.check_hostname = False
            with socket.create_connection(("127.0.0.1", e.port), timeout=10) as plain:
                with context.wrap_socket(plain) as s:
                    s.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    got = b""
                    while piece := s.recv(4096):
                        got += piece
            self.assertEqual(status_of(got), 200)


if __name__ == "__main__":
    unittest.main()
