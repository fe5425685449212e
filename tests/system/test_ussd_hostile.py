"""Every shipped block of a USSD provider against everything hostile that can be sent to it: what it is refused with,
that no row comes of it and nothing of a child is in any file of the gateway, and that the next honest call is served.
"""
import json
import os
import re
import unittest
import urllib.parse

from edge import Edge, status_of
from gateway import CONFIG_DIR
from simmodem import wait_for
from smsprovider import Provider
from test_ussd import SECRET, block, with_providers

CHILD, STRANGER = "arbenhoxha", "355697654321"  # planted: a name, a number nobody knows
FORM = "application/x-www-form-urlencoded"
HUGE = 1 << 20
FAILURES = {"infobip", "mnotify"}  # these say 200, and the fault in the body


class Block:
    """How a provider writes a request: (method, path, kind, body) of one with these values."""

    def __init__(self, name, kind, session, msisdn, text, path, new=None, more=None):
        self.name, self.kind = name, kind
        self.session, self.msisdn, self.text, self.path, self.new, self.more = session, msisdn, text, path, new, more or {}

    def fields(self, session, number, text, first):
        said = {self.session: session, self.msisdn: number, self.text: text, **self.more}
        if self.new:
            said[self.new[0]] = self.new[1] if first else self.new[2]
        said.pop("", None)
        return said

    def write(self, said):
        if self.kind == "json":
            for name in [n for n in said if "." in n]:
                outer, inner = name.split(".")
                said = {**{k: v for k, v in said.items() if k != name}, outer: {inner: said[name]}}
            return json.dumps(said)
        if self.kind == "xml":
            return "<ussd>" + "".join(f"<{k}>{v}</{k}>" for k, v in said.items()) + "</ussd>"
        return urllib.parse.urlencode(said)

    def where(self, secret=SECRET, session="s", event="response"):
        return self.path.format(secret=secret, session=session, event=event)

    def request(self, session="s", number=STRANGER, text=CHILD, first=False, body=None, secret=SECRET):
        path = self.where(secret, session, "start" if first else "response")
        body = self.write(self.fields(session, number, text, first)) if body is None else body
        if self.kind == "query":
            return "GET", path + "?" + body, None, {}
        return "POST", path, body, {"Content-Type": {"form": FORM, "json": "application/json", "xml": "text/xml"}[self.kind]}


AT = ("sessionId", "phoneNumber", "text")
JUNE = {"to": "*1#", "message_id": "m-0000001"}
BLOCKS = [
    Block("africastalking", "form", *AT, "/ussd/at/{secret}"),
    Block("mobilesasa", "form", *AT, "/ussd/mobilesasa/{secret}"),
    Block("hellio", "form", *AT, "/ussd/hellio/{secret}"),
    Block("bonga", "query", "session_id", "mobile_number", "message", "/ussd/bonga/{secret}"),
    Block("crossgate", "query", "session_id", "msisdn", "ussd_string", "/ussd/crossgate/{secret}"),
    Block("advanta", "query", "SESSIONID", "MSISDN", "INPUT", "/ussd/advanta/{secret}"),
    Block("safaricom", "query", "SESSION_ID", "ORIG", "USSD_PARAMS", "/ussd/safaricom/{secret}"),
    Block("infobip", "json", "", "msisdn", "text", "/ussd/infobip/{secret}/session/{session}/{event}"),
    Block("mnotify", "json", "sessId", "msIsdn", "text", "/ussd/mnotify/{secret}"),
    Block("hubtel", "json", "SessionId", "Mobile", "Message", "/ussd/hubtel/{secret}", ("Type", "initiation", "response"),
          {"Sequence": "1"}),
    Block("junebug", "json", "", "from", "content", "/ussd/junebug/{secret}",
          ("channel_data.session_event", "new", "resume"), JUNE),
    Block("nalo", "json", "SESSIONID", "MSISDN", "USERDATA", "/ussd/nalo/{secret}", ("MSGTYPE", True, False),
          {"USERID": "u"}),
    Block("truteq", "xml", "sessionid", "msisdn", "msg", "/ussd/truteq/{secret}", ("type", "1", "2")),
    Block("airtel", "query", "SessionID", "MSISDN", "input", "/ussd/airtel/{secret}"),
]


def malformed(b):
    """Bodies, or queries, of each kind that are none."""
    good = b.write(b.fields("s", STRANGER, CHILD, False))
    if b.kind == "json":
        return [good[:-1], good + CHILD, f'["{CHILD}"]', f'"{CHILD}"', '{"a":' * 60 + f'"{CHILD}"' + "}" * 60,
                good.replace("{", f'{{"{b.msisdn}": "{CHILD}", ', 1), good.replace(CHILD, CHILD + "\\ud800"),
                good.replace(CHILD, CHILD + "\\q"), good.encode() + b"\xff", ""]
    if b.kind == "xml":
        return [good[:-3], good.replace("<msg>", f"<msg>{CHILD}</msg><msg>"), "<a>" * 100 + CHILD + "</a>" * 100,
                f"<?xml version='1.0' encoding='utf-7'?>{good}", good.replace(CHILD, CHILD + "&nothing;"),
                good.encode().replace(CHILD.encode(), CHILD.encode() + b"\xff\xfe"), good + good, CHILD, ""]
    field = urllib.parse.quote(b.msisdn)
    return [f"{good}&{field}={CHILD}", "&".join(f"{CHILD}{i}=1" for i in range(200))] + \
        ([f"{good}%f", f"{good}%zz", ""] if b.kind == "form" else [])


def bombs(b):
    """Entities: that grow, and that fetch."""
    if b.kind != "xml":
        return []
    good = b.write(b.fields("s", STRANGER, "&c;", False)).replace("&amp;", "&")
    grow = "".join(f'<!ENTITY {n} "{f"&{p};" * 50}">' for p, n in ("ab", "bc"))
    return [f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "{CHILD}">{grow}]>{good}',
            f'<!DOCTYPE u [<!ENTITY c SYSTEM "file:///etc/passwd">]>{good}',
            f'<!DOCTYPE u SYSTEM "http://127.0.0.1:9/{CHILD}">{good}',
            f'<!DOCTYPE u [<!ENTITY % c SYSTEM "file:///{CHILD}">%c;]>{good}']


def zeroes(b):
    """A zero octet in the number, and in the session where that is a field."""
    said = [b.fields("s", STRANGER + "\0", CHILD, False)]
    if b.session:
        said.append(b.fields("s\0" + CHILD, STRANGER, CHILD, False))
    return [b.write(s) for s in said]


def oversize(b):
    return [b.write(b.fields("s", STRANGER, CHILD * (HUGE // len(CHILD)), False))]


def odd_fields(b):
    """Parts of a request that are longer than any can be, none at all, or no number."""
    said = [b.fields("s", CHILD, "1", False), b.fields("s", "", CHILD, False), b.fields("s", "9" * 80, CHILD, False),
            b.fields("s", STRANGER, CHILD * 300, False)]
    if b.session:
        said += [b.fields("s" * 300, STRANGER, CHILD, False), b.fields("", STRANGER, CHILD, False)]
    return [b.write(s) for s in said]


KINDS = {"malformed": (malformed, {400}), "bombs": (bombs, {400}), "zeroes": (zeroes, {400}),
         "oversize": (oversize, {400, 413, 414, 431}), "odd fields": (odd_fields, {400, 413, 414})}


class Hostile(unittest.TestCase):
    MORE = ""

    @classmethod
    def setUpClass(cls):
        cls.provider = Provider(lambda r: (201, "{}"))
        cls.provider.__enter__()
        post = f'post = {{ url = "http://127.0.0.1:{cls.provider.port}/m/"; plain_http = true; allow_private = "127.0.0.0/8"; }};'
        served = [block(f"h-{b.name}", b.name, cls.MORE + (post if b.name == "junebug" else "")) for b in BLOCKS]

        def change(text):
            return with_providers(*served)(re.sub(r"(?m)^hub = \{", 'hub = { log_level = "debug";', text, count=1))
        cls.edge = Edge("per_address = 64;", edit=change)
        cls.edge.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.edge.__exit__(None, None, None)
        cls.provider.__exit__(None, None, None)

    def rows(self):
        gw = self.edge.gw
        return {t: gw.count(t) for t in ("ussd_sessions", "messages", "readings", "cases", "segments", "outbox")}

    def status(self, b, status, got):
        return json.loads(got)["responseExitCode"] if status == 200 and b.name in FAILURES else status

    def send(self, b, body=None, **words):
        """The status, one that is told in a body of 200 too, and the answer."""
        method, path, body, headers = b.request(body=body, **words)
        try:
            status, _, got = self.edge.ask(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            return 413, ""   # it hung up on what it would not read to its end
        return self.status(b, status, got), got

    def honest(self, b, session):
        """A person dials: the first screen."""
        number = self.edge.gw.number("O1")
        number = number if b.kind == "form" else number.lstrip("+")
        first = "" if b.kind in ("form", "query") and b.name not in ("advanta", "airtel") else "*123#"
        b.more = {**b.more, "message_id": session} if b.name == "junebug" else b.more
        status, got = self.send(b, session=session, number=number, text=first, first=True)
        self.assertEqual(status, 200, (b.name, got))
        if b.name == "junebug":
            got = wait_for(lambda: [r["raw"] for r in self.provider.sent if session in r["raw"]], 20, "its screen")[0]
        self.assertRegex(got, "Zgjidh raportin|Vazhdo", b.name)

    def no_trace(self, what):
        gw = self.edge.gw
        self.assertIn(" debug ", gw.log())
        for word in (CHILD, STRANGER, SECRET):
            self.assertNotIn(word, gw.log(), what)
        for entry in os.scandir(gw.dir):
            if entry.is_file() and not entry.name.endswith(".cfg"):
                with open(entry.path, "rb") as f:
                    held = f.read()
                for word in (CHILD, STRANGER):
                    self.assertNotIn(word.encode(), held, (what, entry.name))

    def test_the_table_has_every_shipped_block(self):
        with open(os.path.join(CONFIG_DIR, "providers.cfg"), encoding="utf-8") as f:
            names = set(re.findall(r'\{ name = "([a-z]+)";', f.read())) - {"menu"}
        self.assertEqual({b.name for b in BLOCKS}, names)

    def test_blocks_and_kinds(self):
        """(block) x (kind): refused, no row, no trace, and the next honest call is served."""
        n = 0
        for b in BLOCKS:
            for kind, (bodies, want) in KINDS.items():
                before = self.rows()
                for i, body in enumerate(bodies(b)):
                    status, got = self.send(b, body)
                    at = (b.name, kind, i, status, got[:300])
                    self.assertIn(status, want, at)
                    self.assertNotIn(CHILD, got, at)
                    self.assertNotIn(STRANGER, got, at)
                    n += 1
                self.assertEqual(self.rows(), before, (b.name, kind))
                self.honest(b, f"{b.name}-{kind[0]}{len(kind)}")
        self.assertGreater(n, 150)
        self.no_trace("bodies")
        self.assertNotIn("worker=edge state=down", self.edge.gw.log())

    def test_wrong_secrets(self):
        for b in BLOCKS:
            before = self.rows()
            for secret in ("", SECRET[:-1], SECRET + "x", SECRET[:-1] + "2", SECRET.upper(), CHILD, "%00", SECRET + "%00", "..",
                           "{secret}", "x" * 3000):
                status, got = self.send(b, secret=secret)
                self.assertIn(status, (400, 404, 414, 431), (b.name, secret[:30], got))
                self.assertNotIn(CHILD, got)
            for method in ("DELETE", "TRACE", "PATCH"):
                status, _, got = self.edge.ask(method, b.where())
                self.assertIn(self.status(b, status, got), (400, 405, 501), (b.name, method, got))
            if b.kind != "query":
                method, path, body, _ = b.request()
                for other in ("image/png", "text/plain", f"application/{CHILD}"):
                    status, _, got = self.edge.ask(method, path, body, {"Content-Type": other})
                    self.assertEqual(self.status(b, status, got), 415, (b.name, other, got))
                    self.assertNotIn(CHILD, got)
            self.assertEqual(self.rows(), before, b.name)
            self.honest(b, f"{b.name}-secret")
        self.no_trace("secrets")

    def test_frames_that_end_where_one_likes(self):
        for b in BLOCKS:
            before, path = self.rows(), b.where()
            for raw in (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{CHILD}",
                        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 99\r\n\r\n{CHILD}",
                        f"POST {path} HTTP/1.1\r\nHost: x\r\n{CHILD}: {'y' * 40000}\r\n\r\n",
                        f"GET {path}?{CHILD}={'y' * 40000} HTTP/1.1\r\nHost: x\r\n\r\n"):
                self.assertIn(status_of(self.edge.raw(raw.encode())), (400, 413, 414, 431), (b.name, raw[:200]))
            self.assertEqual(self.rows(), before, b.name)
            self.honest(b, f"{b.name}-frames")
        self.no_trace("frames")

    def test_replays(self):
        """A request of somebody, recorded and sent again for as often as one likes: no further row, no further screen
        of it, and a stranger's leaves none at all."""
        for b in BLOCKS:
            session = f"{b.name}-again"
            self.honest(b, session)
            before, posted = self.rows(), len(self.provider.sent)
            for _ in range(5):
                self.honest(b, session)
            self.assertEqual(self.rows(), before, b.name)
            self.assertEqual(len(self.provider.sent), posted, b.name)
            for _ in range(5):
                status, got = self.send(b, session="stranger", text="1", first=True)
                self.assertEqual(status, 200, (b.name, got))
                self.assertNotIn(STRANGER, got if b.name != "nalo" else "")   # that one wants it back
            after = self.rows()
            after["outbox"] = before["outbox"] if b.name == "junebug" else after["outbox"]   # its screens are rows
            self.assertEqual(after, before, b.name)
        self.no_trace("replays")


class Elsewhere(Hostile):
    """The same blocks, served to the addresses of another network."""
    MORE = 'addresses = [ "10.9.0.0/16" ]; '

    test_blocks_and_kinds = test_frames_that_end_where_one_likes = test_replays = test_wrong_secrets = None
    test_the_table_has_every_shipped_block = None

    def test_wrong_addresses(self):
        before = self.rows()
        for b in BLOCKS:
            for forged in ({}, {"X-Forwarded-For": "10.9.0.1"}, {"Forwarded": "for=10.9.0.1"}, {"X-Real-IP": "10.9.0.1"}):
                method, path, body, headers = b.request(first=True)
                status, _, got = self.edge.ask(method, path, body, {**headers, **forged})
                self.assertEqual(self.status(b, status, got), 403, (b.name, forged, got))
                self.assertNotIn(CHILD, got)
        self.assertEqual(self.rows(), before)
        self.no_trace("addresses")


if __name__ == "__main__":
    unittest.main()
