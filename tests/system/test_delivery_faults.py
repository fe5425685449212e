"""Whatever an agency's server or the network does to a delivery: how it is taken, and when it is tried next.

One row a fault: what happens, the state of the delivery then, the words of it, and in how many seconds it is
tried again.  The first pause is five seconds, less or more by a fifth."""
import email.utils
import re
import threading
import time
import unittest

from faulty import Faulty, answer, endless, mute, raw, reset, trickle
from gateway import Gateway, no_guards
from simmodem import wait_for

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
FIRST = (4, 6)
NEVER = threading.Event()
MEGABYTE = b"x" * (1 << 20)
CHUNK = b"100000\r\n" + MEGABYTE + b"\r\n"


def soon(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def statuses():
    for status in (200, 201, 202, 203, 204, 205, 206, 226, 299):
        yield f"{status}", answer(status), "delivered", f"status={status}", None
    for status in (300, 301, 302, 303, 304, 305, 307, 308):
        yield f"{status}", answer(status, "Location: /elsewhere"), "queued", f"status={status}, not followed", FIRST
    for status in (400, 401, 403, 404, 405, 406, 407, 409, 411, 413, 415, 418, 421, 423, 431, 451, 499,
                   408, 425, 429, 500, 501, 502, 503, 504, 505, 507, 511, 599):
        yield f"{status}", answer(status), "queued", f"status={status}", FIRST
    yield "422", answer(422), "dead", "refused for good, status=422", None
    yield "100 and then 200", raw(b"HTTP/1.1 100 Continue\r\n\r\n" + OK), "delivered", "status=200", None
    yield "103 twice and then 200", raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2 + OK), "delivered", "", None
    yield "100 and nothing", raw(b"HTTP/1.1 100 Continue\r\n\r\n"), "queued", "broken", FIRST
    yield "101", raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "queued", "broken", FIRST
    yield "600", answer(600), "queued", "status=600", FIRST
    yield "000", answer("000"), "queued", "broken", FIRST


def patience():
    def asked(value, wait, status=503):
        return f"Retry-After {value}", answer(status, f"Retry-After: {value}"), "queued", f"status={status}", wait
    yield asked("7", (7, 7))
    yield asked("30", (30, 30), 429)
    yield asked("40", (40, 40), 408)
    for value in ("0", "1", "-5", "-99999999999", "120.1", "7s", "soon", "", "0x20", "1e3"):
        yield asked(value, FIRST)
    for value in ("86400", "99999999999", "9" * 60, "Wed, 21 Oct 2193 07:28:00 GMT"):
        yield asked(value, (7200, 7200))
    yield asked(soon(90), (80, 90))
    yield asked(soon(-3600), FIRST)
    yield asked("Wed, 21 Oct 2015 07:28:00 GMT", FIRST)
    yield asked("Wed, 99 Foo 2015 99:99:99 GMT", FIRST)
    for status in (301, 400, 404):  # who is not asked for patience does not ask for it
        yield asked("900", FIRST, status)


def answers(sent):
    yield "head cut", raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "queued", "broken", FIRST
    yield "head without its end", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), "queued", "broken", FIRST
    yield "no HTTP", raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "queued", "broken", FIRST
    yield "HTTP/0.9", raw(b"ok"), "queued", "broken", FIRST
    yield "two lengths", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\nok"), "queued", "", FIRST
    yield "length that is none", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok"), "queued", "", FIRST
    yield "body cut", answer(200, length=100, body=b"ok"), "queued", "broken", FIRST
    yield "chunks that are none", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "queued", "broken", FIRST
    yield "endless head", endless(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n" * 1000, sent), "queued", "broken", FIRST
    # it said that it has it: how much it says beside that changes nothing
    yield "100 MB", endless(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", MEGABYTE, sent), "delivered", "status=200", None
    yield "endless chunks", endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK, sent), "delivered", "", None
    yield "endless chunks of a 503", endless(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK, sent), "queued", "status=503", FIRST
    yield "compressed", answer(200, "Content-Encoding: gzip", body=b"\x1f\x8b no gzip"), "delivered", "", None
    yield "a body of secrets", answer(500, body=b"Zana Krasniqi 0691234567"), "queued", "status=500", FIRST
    yield "words in the status line", raw(b"HTTP/1.1 500 Zana\x1b[2J\r\nContent-Length: 0\r\n\r\n"), "queued", "status=500", FIRST


def network():
    yield "closed without a word", raw(), "queued", "broken", FIRST
    yield "reset after the request", reset(), "queued", "broken", FIRST
    yield "reset within the answer's head", reset(b"HTTP/1.1 200 OK\r\nConte"), "queued", "broken", FIRST
    yield "mute", mute(), "queued", "timeout", FIRST
    yield "mute after the head", mute(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), "queued", "timeout", FIRST
    yield "an octet now and then", trickle(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 900, NEVER), "queued", "timeout", FIRST


class Faults(unittest.TestCase):
    """The real hub and courier against a server that misbehaves."""

    @classmethod
    def setUpClass(cls):
        cls.there = Faulty()
        cls.elsewhere = Faulty()

        def edit(text):
            text = re.sub(r'(code = "MUN"; url = ")[^"]+"', rf'\1{cls.there.url}/mun"; timeout_ms = 1500', text)
            # a name, so that only what it resolves to shows that it lies inside; and it may not
            text = re.sub(r'(code = "POLICE"; url = ")[^"]+"(; plain_http = true;)\s*allow_private = "[^"]+";',
                          rf'\1http://localhost:{cls.elsewhere.port}/p"\2', text)
            text = re.sub(r'(code = "SSS"; url = ")[^"]+"', r'\1http://127.0.0.1:1/s"', text)
            return no_guards(text) + "\ncourier = { circuit_failures = 100; };\n"

        cls.gw = Gateway(edit=edit)
        cls.gw.init().run()
        cls.n = 0

    @classmethod
    def tearDownClass(cls):
        cls.gw.close()
        cls.there.__exit__()
        cls.elsewhere.__exit__()

    def alert(self, concern="LYP", more=""):
        """A new case, and so a delivery to the municipality."""
        type(self).n += 1
        self.after = self.gw.rows("SELECT coalesce(max(id), 0) AS id FROM outbox")[0]["id"]
        self.gw.text("O1", f"RAST {concern} Z{self.n % 9 + 1} {'MF'[self.n // 9 % 2]}{5 + self.n // 18 % 12} {more}")

    def tried(self, agency="MUN"):
        """The first try of it that is over, and its row."""
        return wait_for(lambda: self.gw.rows(
            "SELECT o.*, a.ended, a.detail FROM outbox o JOIN attempts a ON a.outbox = o.id WHERE o.agency = ? AND "
            "o.event IN ('case.new', 'case.urgent') AND o.state <> 'inflight' AND a.n = 1 AND o.id > ?",
            agency, self.after), 20, f"a try at {agency}")[0]

    def check(self, name, state, words, wait, requests=1):
        row = self.tried()
        with self.subTest(name):
            self.assertEqual(row["state"], state, row["detail"])
            self.assertIn(words, row["detail"])
            self.assertNotRegex(row["detail"], "Zana|Krasniqi|0691234567|[\x00-\x1f\x7f-\xff]")
            self.assertEqual(sum(row["uid"].encode() in r for r in self.there.requests), requests, "one request a try")
            if wait:
                self.assertTrue(wait[0] <= row["not_before"] - row["ended"] <= wait[1], row["detail"])
                self.assertIn(f"deferred {row['not_before'] - row['ended']}s", row["reason"])
        if state == "queued":
            self.assertTrue(self.gw.ask("outbox.drop", id=row["id"])["ok"])

    def table(self, rows):
        for name, act, state, words, wait in rows:
            self.there.act = act
            self.alert()
            self.check(name, state, words, wait)
        self.assertEqual(self.elsewhere.requests, [])

    def test_each_status(self):
        self.table(statuses())

    def test_each_wish_for_patience(self):
        self.table(patience())

    def test_each_answer_that_is_none(self):
        sent = [0]
        self.table(answers(sent))
        self.assertLess(sent[0], 40 << 20, "all of it was read")
        with open(f"/proc/{self.gw.worker('courier')['pid']}/status", encoding="ascii") as f:
            peak = int(re.search(r"VmHWM:\s+(\d+) kB", f.read()).group(1))
        self.assertLess(peak, 100 << 10)
        self.assertNotIn("Krasniqi", self.gw.log())

    def test_each_fault_of_the_network(self):
        self.table(network())

    def test_reset_before_the_request_is_read(self):
        self.there.before = reset()
        self.addCleanup(setattr, self.there, "before", None)
        self.alert()
        self.check("reset before", "queued", "", FIRST, requests=0)

    def test_a_name_that_leads_inside_and_a_port_where_nobody_listens(self):
        """localhost is a name like any other; what it resolves to is not allowed for this agency."""
        self.there.act = answer(200)
        self.alert("SEKS", "URGJENT")
        self.check("the municipality's own", "delivered", "status=200", None)
        for agency, words in (("POLICE", "refused"), ("SSS", "unreached")):
            with self.subTest(agency):
                row = self.tried(agency)
                self.assertEqual(row["state"], "queued")
                self.assertRegex(row["detail"], rf"^deferred [456]s {words}$")
        self.assertEqual(self.elsewhere.requests, [])


if __name__ == "__main__":
    unittest.main()
