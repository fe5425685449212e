"""Starts sim-modem and speaks to its control socket; for all system tests.

    with SimModem.start() as sim:
        sim.deliver("+355691111111", "abc")
        sim.wait("empty")
        print(sim.sent())

Owns the process and a temporary directory with the device link and the socket.  The commands are
described at the head of tests/sim/modem/main.c.  Nothing here sleeps for a fixed time: waits are
the simulator's own `wait` command, or wait_for below.
"""
import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

# Under a tool that looks inside everything takes as long many times over (tests/valgrind.py).
PATIENCE = int(os.environ.get("PATIENCE", "1"))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def default_build():
    """The build directory: $BUILD (relative to the project's root), else build."""
    return os.path.join(ROOT, os.environ.get("BUILD", "build"))


def built_plain():
    """False in a build, or a run, for tools that look inside: they keep what was freed, and slow everything."""
    with open(os.path.join(default_build(), "kujdestar"), "rb") as f:
        return b"__asan_init" not in f.read() and not os.environ.get("VALGRIND")


def in_time(subject):
    """For a test whose subject is time itself: skipped where everything takes as long many times over."""
    return unittest.skipIf(PATIENCE > 1, "everything is slowed, and its subject is " + subject)


def wait_for(condition, timeout=10.0, what="condition"):
    """Calls condition until it returns something true; returns that.  The pause grows to 50 ms."""
    deadline = time.monotonic() + timeout * PATIENCE
    pause = 0.001
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError("%s not met in %g s" % (what, timeout))
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


class SimError(Exception):
    """The simulator answered ok=false."""


class Events:
    """A stream of the simulator's events."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._socket.sendall(b"events\n")
        self._buffer = b""
        self._next(5.0)  # its answer: from here on nothing is missed

    def _next(self, timeout):
        deadline = time.monotonic() + timeout
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                raise TimeoutError("no event in %g s" % timeout)
            data = self._socket.recv(65536)
            if not data:
                raise SimError("the simulator closed the event stream")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def next(self, name=None, timeout=10.0):
        """The next event, or the next one of that name (others are passed over)."""
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            event = self._next(max(0.0, deadline - time.monotonic()))
            if name is None or event["event"] == name:
                return event

    def close(self):
        self._socket.close()


class SimModem:
    """One running simulator."""

    def __init__(self, build_dir=None, directory=None, **options):
        self._own = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="simmodem-")
        self.device = os.path.join(self.directory, "modem")
        self.control = os.path.join(self.directory, "simulator")
        self._socket = None
        binary = os.path.join(build_dir or default_build(), "sim-modem")
        argv = [binary, "--link", self.device, "--control", self.control]
        for name, value in options.items():
            argv += ["--" + name.replace("_", "-"), str(value)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if self.process.stdout.readline() != b"ready\n":
            self.stop()
            raise SimError("sim-modem did not start: %r" % argv)
        self._connect()

    @classmethod
    def start(cls, build_dir=None, **options):
        """Options are those of the command line: model="E173", sim_size=10, throttle=11520, ..."""
        return cls(build_dir, **options)

    def _connect(self):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(self.control)
        self._stream = self._socket.makefile("rb")

    def ctl(self, command):
        """Sends one command line, returns its answer; raises SimError unless ok."""
        answer = self.try_ctl(command)
        if not answer.get("ok"):
            raise SimError("%s: %s" % (command, answer.get("error")))
        return answer

    def try_ctl(self, command):
        self._socket.sendall(command.encode() + b"\n")
        line = self._stream.readline()
        if not line:
            raise SimError("the simulator closed the control socket")
        return json.loads(line)

    def deliver(self, sender, text, **options):
        """A text to the modem; options as in the deliver command (time, zone, order, drop ...)."""
        words = ["from=" + sender]
        for name, value in options.items():
            if isinstance(value, (list, tuple)):
                value = ",".join(str(v) for v in value)
            words.append("%s=%s" % (name, value))
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        return self.ctl("deliver %s text=%s" % (" ".join(words), text))["parts"]

    def pdu(self, octets, memory=None):
        """A raw stored PDU: SMSC address and TPDU, as hex or bytes."""
        if isinstance(octets, bytes):
            octets = octets.hex()
        return self.ctl("pdu %s%s" % (octets, " memory=" + memory if memory else ""))

    def sent(self):
        """The texts submitted so far: dicts of to, text, parts, complete, report, time, mr, raw."""
        return self.ctl("sent")["sent"]

    def stored(self):
        return self.ctl("list")["stored"]

    def stats(self):
        return self.ctl("stats")

    def fault(self, *words):
        return self.ctl("fault " + " ".join(str(w) for w in words))

    def wait(self, condition, timeout=10.0):
        """Until a counter says so: wait("sent>=2"), wait("empty")."""
        return self.ctl("wait %s timeout=%d" % (condition, int(timeout * PATIENCE * 1000)))

    def wait_sent(self, count, timeout=10.0):
        self.wait("sent>=%d" % count, timeout)
        return self.sent()

    def wait_empty(self, timeout=10.0):
        return self.wait("empty", timeout)

    def events(self):
        return Events(self.control)

    def stop(self):
        """Ends the process; returns its exit status."""
        if self._socket:
            self._stream.close()
            self._socket.close()
            self._socket = None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        if self._own:
            shutil.rmtree(self.directory, ignore_errors=True)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()
