"""The simulated agency (tests/sim/agency) as an object of the system tests.

    with SimAgency().start(build_dir) as agency:
        agency.ctl("answer 503 count=2 retry_after=1")
        agency.wait(3, timeout=20)
        bodies = [r.bytes() for r in agency.requests()]

Owns the process and its directory.  Standard library only.
"""
import base64
import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time

from simmodem import PATIENCE

START_S = 10


class Request(dict):
    """One request as sim-agency records it: method, path, headers, body, answer, status, ..."""

    def bytes(self):
        return base64.b64decode(self["body_base64"])

    def json(self):
        return json.loads(self.bytes())

    def header(self, name):
        return self["headers"].get(name.lower())


def make_certificate(directory):
    """A self-signed certificate for 127.0.0.1 and localhost: (certificate, key), as paths."""
    cert, key = os.path.join(directory, "cert.pem"), os.path.join(directory, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "30", "-subj", "/CN=agency", "-addext",
         "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", cert, "-keyout", key],
        check=True, stderr=subprocess.DEVNULL)
    return cert, key


class SimAgency:
    def __init__(self):
        self.process = None
        self.directory = None
        self.port = None
        self.ca_file = None

    def start(self, build_dir, port=0, tls=False, secret=None, directory=None):
        """Returns when it listens.  tls=True makes a certificate, whose path is then ca_file."""
        self.directory = tempfile.mkdtemp(prefix="sim-agency-", dir=directory)
        self.tls = tls
        port_file, self.log = self._path("port"), self._path("log")
        self.socket_path = self._path("control")
        command = [os.path.join(build_dir, "sim-agency"), "--listen", f"127.0.0.1:{port}",
                   "--port-file", port_file, "--log", self.log, "--control", self.socket_path]
        if tls:
            self.ca_file, key = make_certificate(self.directory)
            command += ["--tls", self.ca_file, key]
        if secret:
            command += ["--secret", secret]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.port = self._read_port(port_file)
        return self

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _read_port(self, port_file):
        end = time.monotonic() + START_S
        while not os.path.exists(port_file):
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError("sim-agency did not start")
            select.select([], [], [], 0.01)
        with open(port_file, encoding="ascii") as f:
            return int(f.read())

    def url(self, path="/"):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    def ctl(self, command, timeout=60):
        """One command; its answer without the line end.  A refused one raises ValueError."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(timeout)
            s.connect(self.socket_path)
            s.sendall(command.encode() + b"\n")
            with s.makefile("rb") as f:
                answer = f.readline().decode().rstrip("\n")
        if answer.startswith("error"):
            raise ValueError(f"{command}: {answer}")
        return answer

    def requests(self):
        return [Request(r) for r in json.loads(self.ctl("requests"))]

    def info(self):
        return json.loads(self.ctl("info"))

    def clear(self):
        self.ctl("clear")

    def reset(self):
        self.ctl("reset")

    def wait(self, n, timeout=10):
        """Until n requests came since the last clear; returns them, or raises TimeoutError."""
        timeout *= PATIENCE
        answer = self.ctl(f"wait requests>={n} timeout={int(timeout * 1000)}", timeout + 10)
        got = self.requests()
        if answer != "ok":
            raise TimeoutError(f"{len(got)} requests after {timeout} s, not {n}")
        return got

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()
