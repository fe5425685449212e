"""An agency's server at its worst: what it does to a request is a function of the test's.

    with Faulty() as there:
        there.act = answer(503, "Retry-After: 7")
        there.url, there.requests

Certificates: an authority of the test's own, and what it has signed.
"""
import os
import socket
import ssl
import struct
import subprocess
import threading


class Faulty:
    """act(conn, request): after a request was read; before(conn) -> True: instead of reading it."""

    def __init__(self, context=None):
        self.requests, self.act, self.before, self.context = [], answer(200), None, context
        self.sock = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.sock.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.open = set()
        self.stopping = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopping:
            try:
                conn, _ = self.sock.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        self.open.add(conn)
        try:
            if self.context:
                conn = self.context.wrap_socket(conn, server_side=True, do_handshake_on_connect=False)
                self.open.add(conn)
                self._handshake(conn)
            if self.before and self.before(conn):
                return
            request = self._read(conn)
            if request:
                self.requests.append(request)
                self.act(conn, request)
        except OSError:
            pass  # the gateway went away, or would not have our certificate
        finally:
            conn.close()

    @staticmethod
    def _handshake(conn):
        """One that fails ends with our alert, not with a reset that would overtake it."""
        try:
            conn.do_handshake()
        except ssl.SSLError:
            while socket.socket.recv(conn, 65536):
                pass
            raise

    @staticmethod
    def _read(conn):
        got = b""
        while b"\r\n\r\n" not in got:
            piece = conn.recv(65536)
            if not piece:
                return None
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                       if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += conn.recv(65536)
        return head + b"\r\n\r\n" + body

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stopping = True
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        for conn in list(self.open):
            conn.close()


# ---- what may happen to a request ----

def answer(status, *headers, body=b"", length=None):
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body) if length is None else length}\r\nConnection: close\r\n"
    text = (head + "".join(h + "\r\n" for h in headers) + "\r\n").encode("latin-1") + body
    return lambda conn, request: conn.sendall(text)


def raw(*pieces):
    """These octets, then the end of the connection."""
    return lambda conn, request: [conn.sendall(p) for p in pieces]


def reset(*pieces):
    """These octets, then the connection is torn down."""
    def act(conn, request=None):
        for p in pieces:
            conn.sendall(p)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True
    return act


def until_gone(conn):
    """Nothing, until the other side has had enough."""
    while conn.recv(65536):
        pass


def mute(*pieces):
    """These octets, then nothing more, for as long as the gateway waits."""
    def act(conn, request):
        for p in pieces:
            conn.sendall(p)
        until_gone(conn)
    return act


def trickle(text, pause):
    """An octet a pause, without end: pause is an Event that nobody sets."""
    def act(conn, request):
        for octet in text:
            conn.sendall(bytes([octet]))
            pause.wait(0.2)
        until_gone(conn)
    return act


def endless(head, piece, sent):
    """sent gets how many octets went out until the gateway had enough."""
    def act(conn, request):
        conn.sendall(head)
        sent[0] = 0
        while True:
            conn.sendall(piece)
            sent[0] += len(piece)
    return act


# ---- certificates ----

def openssl(*words, **kw):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, **kw).stdout


class Authority:
    """Signs what the test asks for, by `openssl ca`, which can date a certificate as it likes."""

    def __init__(self, directory, name):
        self.dir = os.path.join(directory, name)
        os.mkdir(self.dir)
        self.cert, self.key = self.path("ca.pem"), self.path("ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-out", self.cert, "-keyout", self.key)
        with open(self.path("ca.cnf"), "w", encoding="ascii") as f:
            f.write(f"[ca]\ndefault_ca = x\n[x]\ndatabase = {self.path('index')}\nrand_serial = yes\n"
                    f"new_certs_dir = {self.dir}\ncertificate = {self.cert}\nprivate_key = {self.key}\n"
                    "default_md = sha256\npolicy = p\ncopy_extensions = copy\nunique_subject = no\n"
                    "[p]\ncommonName = supplied\n")
        open(self.path("index"), "w", encoding="ascii").close()

    def path(self, name):
        return os.path.join(self.dir, name)

    def sign(self, name, alt="IP:127.0.0.1", start="20250101000000Z", end="20491231235959Z"):
        """(certificate, key), as paths."""
        cert, key, request = (self.path(f"{name}.{end}") for end in ("pem", "key", "csr"))
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                f"/CN={name}", "-addext", f"subjectAltName={alt}", "-keyout", key, "-out", request)
        openssl("ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-in", request, "-out", cert,
                "-startdate", start, "-enddate", end)
        return cert, key


def pin_of(cert):
    """"sha256//..." of the certificate's public key."""
    public = openssl("x509", "-in", cert, "-noout", "-pubkey")
    der = openssl("pkey", "-pubin", "-outform", "der", input=public)
    digest = openssl("dgst", "-sha256", "-binary", input=der)
    return "sha256//" + openssl("base64", "-A", input=digest).decode().strip()


def server(pair, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return Faulty(context)
