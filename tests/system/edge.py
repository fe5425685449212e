"""A raw HTTP client for the edge: octets as given, answers taken apart, and a gateway that listens."""
import http.client
import json
import socket

from gateway import Gateway
from simmodem import wait_for


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listening(port, more="", edit=None):
    """For Gateway(edit=...): the edge listens on this port; more: further settings of edge."""
    def change(text):
        text += f'\nedge = {{ listen = "127.0.0.1:{port}"; {more} }};\n'
        return edit(text) if edit else text
    return change


class Edge:
    """with Edge() as e: e.gw is the running gateway."""

    def __init__(self, more="", edit=None, **options):
        self.port = free_port()
        self.gw = Gateway(edit=listening(self.port, more, edit), **options)

    def __enter__(self):
        self.gw.__enter__()
        self.gw.init().run()
        self.ready()
        return self

    def __exit__(self, *exc):
        return self.gw.__exit__(*exc)

    def ready(self):
        wait_for(lambda: self.gw.worker("edge")["state"] == "ready", 20, "the edge listens")

    def raw(self, octets, timeout=20):
        """Sends octets as they are; all that comes back until the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            s.sendall(octets)
            got = b""
            while True:
                piece = s.recv(65536)
                if not piece:
                    return got
                got += piece

    def ask(self, method, path, body=None, headers=None, timeout=20):
        """(status, headers, text)"""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            return r.status, dict(r.getheaders()), r.read().decode("utf-8")
        finally:
            c.close()

    def problem(self, *args, **kw):
        status, headers, text = self.ask(*args, **kw)
        assert headers["Content-Type"] == "application/problem+json", headers
        told = json.loads(text)
        assert told["status"] == status
        return told


def status_of(answer):
    return int(answer.split(b" ", 2)[1])
