"""The frames between hub and workers (gateway/hub/wire.h), for tests that play either end.

    hub, worker = pair()
    send(hub, settings({"listen": "127.0.0.1:0"}))
    kind, fields = decode(hub.recv(MAX))
"""
import os
import socket
import struct
import subprocess

VERSION = 1
FD = 3
MAX = 65536
(SETTINGS, ACK, WORK_SMS, WORK_HTTP, STOP, WORK_USSD, REPLY) = range(1, 8)
(READY, BEGIN, END, SEGMENT, DONE_SMS, DONE_HTTP, NOTE, DONE_USSD, CALL) = range(32, 41)
STORED, KEEP = 1, 2
TO_HUB = range(READY, CALL + 1)
TO_WORKER = range(SETTINGS, REPLY + 1)


def text(v):
    b = v if isinstance(v, bytes) else str(v).encode()
    return struct.pack("<I", len(b)) + b


def pairs(values):
    items = list(values.items() if isinstance(values, dict) else values)
    return struct.pack("<H", len(items)) + b"".join(text(k) + text(v) for k, v in items)


def frame(kind, body=b"", version=VERSION):
    return bytes([version, kind]) + body


def settings(values):
    return frame(SETTINGS, pairs(values))


def note(values):
    return frame(NOTE, pairs(values))


def ready(name, detail="", credit=8):
    return frame(READY, text(name) + text(detail) + struct.pack("<H", credit))


def begin(call, ms=1000, job=0):
    return frame(BEGIN, text(call) + struct.pack("<Iq", ms, job))


def segment(token, octets, memory="SM", place=1, rebuilt=0, sender="", view=""):
    return frame(SEGMENT, struct.pack("<Q", token) + text(memory) + struct.pack("<IB", place, rebuilt) +
                 text(octets) + text(sender) + text(view))


def done_sms(job, part=0, result=1, mr=7, code=0, detail=""):
    return frame(DONE_SMS, struct.pack("<qHBBi", job, part, result, mr, code) + text(detail))


def done_http(job, result=1, status=200, retry=-1, elapsed=5, body=b"", header="", detail=""):
    return frame(DONE_HTTP, struct.pack("<qBHiI", job, result, status, retry, elapsed) + text(body) +
                 text(header) + text(detail))


def done_ussd(job, result=1, status=0, code=0, words=""):
    return frame(DONE_USSD, struct.pack("<qBBi", job, result, status, code) + text(words))


def call(number, kind, block="", peer="192.0.2.1", fields=(), body=b""):
    return frame(CALL, struct.pack("<Q", number) + text(kind) + text(block) + text(peer) + pairs(dict(fields)) +
                 text(body))


def work_http(job, url, timeout_ms=2000, plain=1, private="127.0.0.0/8"):
    return frame(WORK_HTTP, struct.pack("<q", job) + text("POST") + text(url) + struct.pack("<H", 0) + text("{}") +
                 struct.pack("<IB", timeout_ms, plain) + text(private) + text("") * 5)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, fmt):
        v = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return v if len(v) > 1 else v[0]

    def text(self):
        n = self.take("I")
        self.at += n
        return self.data[self.at - n:self.at]

    def pairs(self):
        return {self.text().decode(): self.text().decode("utf-8", "replace") for _ in range(self.take("H"))}


def decode(data):
    """(kind, fields) of the frames a test looks into; fields {} for the others."""
    r, kind = Reader(data[2:]), data[1]
    if kind in (SETTINGS, NOTE):
        return kind, r.pairs()
    if kind == READY:
        return kind, {"worker": r.text().decode(), "detail": r.text().decode(), "credit": r.take("H")}
    if kind == ACK:
        return kind, {"token": r.take("Q"), "verdict": r.take("B")}
    if kind == WORK_SMS:
        job, to, report, n = r.take("q"), r.text().decode(), r.take("B"), r.take("H")
        return kind, {"job": job, "to": to, "report": report, "parts": [r.text() for _ in range(n)]}
    if kind == WORK_HTTP:
        return kind, {"job": r.take("q"), "method": r.text().decode(), "url": r.text().decode()}
    if kind == DONE_HTTP:
        names = ("job", "result", "status", "retry", "elapsed")
        return kind, {**dict(zip(names, r.take("qBHiI"))), "body": r.text(), "header": r.text(), "detail": r.text()}
    if kind == WORK_USSD:
        return kind, {"job": r.take("q"), "step": r.take("B"), "code": r.text().decode()}
    if kind == REPLY:
        return kind, {"id": r.take("Q"), "status": r.take("H"), "detail": r.text().decode(), "fields": r.pairs()}
    return kind, {}


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def give(number):
    """In the child: the socket where a worker looks for it."""
    if number == FD:
        os.set_inheritable(FD, True)
    else:
        os.dup2(number, FD)


class Worker:
    """A real worker process, whose hub is the test."""

    def __init__(self, binary, name, env=None):
        self.hub, theirs = pair()
        self.hub.settimeout(20)
        number = theirs.fileno()
        self.process = subprocess.Popen([binary, name], stdin=subprocess.DEVNULL, env=env, close_fds=False,
                                        preexec_fn=lambda: give(number))
        theirs.close()

    def send(self, data):
        self.hub.send(data)

    def receive(self):
        """The next frame, or None when it is gone."""
        try:
            data = self.hub.recv(MAX)
        except ConnectionResetError:
            return None
        return decode(data) if data else None

    def until_ready(self):
        """What it noted before READY; None when it ended instead."""
        notes = {}
        while True:
            f = self.receive()
            if f is None:
                return None
            if f[0] == NOTE:
                notes.update(f[1])
            if f[0] == READY:
                return notes

    def end(self):
        self.hub.close()
        try:
            return self.process.wait(10)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
