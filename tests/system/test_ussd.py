"""Menus as a provider and its callers meet them: the real hub and edge, dialled over HTTP."""
import json
import os
import re
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from edge import Edge, status_of
from smsprovider import Provider
from simmodem import ROOT, default_build, in_time, wait_for

SECRET = "system-test-secret-01"
LIMIT = 182
SEPTETS_2 = set("^{}\\[~]|\u20ac")


def with_providers(*blocks):
    """For Edge(edit=...): the shipped patterns and these blocks."""
    def change(text):
        text = text.replace("files = {", 'files = { providers = [ "providers.cfg" ];', 1)
        from gateway import CONFIG_DIR
        text = text.replace('"providers.cfg"', json.dumps(os.path.join(CONFIG_DIR, "providers.cfg")))
        return text + "\nussd = { providers = (\n" + ",\n".join(blocks) + "\n); };\n"
    return change


def block(name, like, more=""):
    return f'{{ name = "{name}"; like = "{like}"; secret = "{SECRET}"; {more} }}'


def septets(text):
    return sum(2 if c in SEPTETS_2 else 1 for c in text)


class At:
    """One session of a provider that joins answers by '*'."""

    def __init__(self, edge, number, session, text=""):
        self.edge, self.number, self.session, self.text = edge, number, session, text

    def post(self, text=None):
        body = urllib.parse.urlencode({"sessionId": self.session, "serviceCode": "*123#",
                                       "phoneNumber": self.number, "networkCode": "27601",
                                       "text": self.text if text is None else text})
        status, headers, got = self.edge.ask("POST", f"/ussd/at/{SECRET}", body,
                                             {"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 200, (status, got)
        assert headers["Content-Type"] == "text/plain", headers
        assert got[:4] in ("CON ", "END "), got
        assert septets(got[4:]) <= LIMIT, got
        return got

    def dial(self):
        self.text = ""
        return self.post()

    def type(self, answer):
        self.text = answer if not self.text else self.text + "*" + answer
        return self.post()


class Menus(unittest.TestCase):
    def test_a_case_dropped_and_resumed(self):
        """1 Rast, concern, zone, then the session is lost; dialled again it goes on and is one row."""
        with Edge(edit=with_providers(block("menu", "africastalking"))) as e:
            number = e.gw.number("O1")
            a = At(e, number, "s1")
            self.assertIn("1 Rast i ri", a.dial())
            self.assertIn("1 Lypje", a.type("1"))
            self.assertIn("4 Z4", a.type("1"))
            asked = a.type("4")
            self.assertIn("Mosha?", asked)
            self.assertEqual(a.post(), asked, "the same request, the same screen")
            self.assertEqual(e.gw.count("cases"), 0)
            b = At(e, number, "s2")
            self.assertIn("Vazhdo", b.dial())
            self.assertEqual(b.type("1"), asked)
            self.assertIn("Djale", b.type("11"))
            self.assertIn("Rast i ri\nLypje, Z4, 11 vjec, Djale\n", b.type("1"))
            end = b.type("1")
            self.assertTrue(end.startswith("END U hap E26-"), end)
            self.assertEqual(b.post(), end, "a repeated send opens no second case")
            rows = e.gw.rows("SELECT * FROM cases")
            self.assertEqual([(r["concerns"], r["zone"], r["sex"], r["age"]) for r in rows],
                             [("begging", "Z4", "M", 11)])
            self.assertEqual(e.gw.rows("SELECT channel, state FROM messages"),
                             [{"channel": "ussd", "state": "read"}])
            self.assertEqual(sorted(r["state"] for r in e.gw.rows("SELECT state FROM ussd_sessions")),
                             ["done", "left"])
            # the confirmation by SMS, and the alert to the coordinator
            self.assertTrue(e.gw.reply_to("O1").startswith("U hap E26-"))
            e.gw.settled()
            # the equal text, sent by SMS, gives the equal row
            e.gw.text("O1", "RAST LYP Z4 M11")
            wait_for(lambda: e.gw.count("cases") == 2, 20, "the case by SMS")
            readings = e.gw.rows("SELECT intent, error, about, keys FROM readings ORDER BY id")
            self.assertEqual(readings[0], readings[1])
            a, b = e.gw.rows("SELECT concerns, zone, sex, age, risk, urgent, missing, flags FROM cases ORDER BY id")
            self.assertEqual(a, b)
            dropped = e.gw.rows("SELECT form, screen, dropped FROM ussd_screens WHERE dropped > 0")
            self.assertEqual(dropped, [{"form": "case_new", "screen": "age", "dropped": 1}])
            # seen by who runs it: where people gave up, and how long the provider waited
            wait_for(lambda: "menu=n=" in e.gw.command("status", check=False).stdout, 20, "figures of the edge")
            said = e.gw.command("status", check=False).stdout
            self.assertRegex(said, r"(?m)^menu +menu: case_new/age shown=\d+ dropped=1$")
            self.assertRegex(said, r"(?m)^worker +edge: ready .*menu=n=\d+ p50=\d+ p99=\d+ late=0 no=0")
            told = e.gw.command("status", json_out=True, check=False)
            shown = {(m["form"], m["screen"]): (m["shown"], m["dropped"]) for m in told["menus"] if m["provider"] == "menu"}
            for screen in ("concern", "zone", "age", "sex", "send", "reply"):
                self.assertGreaterEqual(shown["case_new", screen][0], 1, screen)
            self.assertEqual([k for k, v in shown.items() if v[1]], [("case_new", "age")])
            edge, = [w for w in told["workers"] if w["name"] == "edge"]
            self.assertRegex(edge["notes"]["menu"], r"^n=\d+ p50=\d+ p99=\d+ late=0 no=0$")
            for word in (number.lstrip("+"), "s1", "lyp", SECRET):
                self.assertNotIn(word, e.gw.log())

    def test_strangers_learn_nothing(self):
        with Edge(edit=with_providers(block("menu", "africastalking"))) as e:
            got = At(e, "+355697777777", "x1").dial()
            self.assertTrue(got.startswith("END "), got)
            e.gw.command("contact", "lock", "O1")
            self.assertEqual(At(e, e.gw.number("O1"), "x2").dial(), got)
            self.assertEqual(e.gw.count("ussd_sessions"), 0)
            self.assertEqual(e.gw.count("messages"), 0)

    def test_wrong_callers(self):
        blocks = with_providers(block("menu", "africastalking"),
                                block("near", "nalo", 'addresses = [ "10.9.0.0/16" ];'))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        good = "sessionId=a&serviceCode=1&phoneNumber=%2B355692000001&text="
        with Edge(edit=blocks) as e:
            path = f"/ussd/at/{SECRET}"
            self.assertEqual(e.ask("POST", path[:-1] + "2", good, form)[0], 404)
            self.assertEqual(e.ask("POST", "/ussd/at/", good, form)[0], 404)
            self.assertEqual(e.ask("GET", path)[0], 405)
            self.assertEqual(e.ask("POST", path, "{}", {"Content-Type": "application/json"})[0], 415)
            self.assertEqual(e.ask("POST", path, good + "&text=9", form)[0], 400)
            self.assertEqual(e.ask("POST", path, "sessionId=a&phoneNumber=%zz&text=", form)[0], 400)
            huge = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {form['Content-Type']}\r\nContent-Length: 1000000\r\n\r\n"
            self.assertEqual(status_of(e.raw(huge.encode())), 413)
            self.assertEqual(e.ask("POST", f"/ussd/nalo/{SECRET}", "{}", {"Content-Type": "application/json"})[0], 403)
            self.assertEqual(e.ask("POST", path, good, form)[0], 200)
            self.assertEqual(e.gw.count("ussd_sessions"), 1)
            self.assertNotIn("355692000001", e.gw.log())

    @in_time("an answer within 3 s")
    def test_a_late_hub_is_covered(self):
        """Behaviour 10: an END screen inside the deadline, the work done after, and found done."""
        import signal
        with Edge(edit=with_providers(block("menu", "africastalking", "deadline_ms = 400;"))) as e:
            a = At(e, e.gw.number("O1"), "late")
            a.dial()
            os.kill(e.gw.hub.pid, signal.SIGSTOP)
            try:
                before = time.monotonic()
                got = a.type("1")
                self.assertLess(time.monotonic() - before, 3)
            finally:
                os.kill(e.gw.hub.pid, signal.SIGCONT)
            self.assertTrue(got.startswith("END "), got)
            again = wait_for(lambda: a.post(), 10, "an answer")
            self.assertIn("Lypje", again)

    def test_every_kind_in_one_run(self):
        """JSON, XML, query and headers: each from dialling to a recorded report."""
        names = ["infobip", "truteq", "hubtel", "nalo", "airtel", "crossgate", "advanta"]
        with Edge(edit=with_providers(*[block(f"x-{n}", n, "repeat_s = 0;") for n in names])) as e:
            talk = {"infobip": self.infobip, "truteq": self.truteq, "hubtel": self.hubtel, "nalo": self.nalo,
                    "airtel": self.airtel, "crossgate": self.crossgate, "advanta": self.advanta}
            for i, name in enumerate(names):
                steps = ["1", "1", "5", str(10 + i), "2", "1"]
                screens = talk[name](e, e.gw.number("O1").lstrip("+"), steps)
                self.assertIn("Rast i ri", screens[0], name)
                self.assertIn("E26-", screens[-1], (name, screens))
            ages = [r["age"] for r in e.gw.rows("SELECT age FROM cases ORDER BY id")]
            self.assertEqual(ages, [10 + i for i in range(len(names))])
            wait_for(lambda: "x-hubtel" in e.gw.worker("edge").get("notes", {}), 10, "figures of the edge")

    def json(self, e, path, body, method="POST"):
        status, headers, text = e.ask(method, path, json.dumps(body), {"Content-Type": "application/json"})
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["Content-Type"], "application/json")
        return json.loads(text)

    def infobip(self, e, number, steps):
        base = f"/ussd/infobip/{SECRET}/session/i1/"
        got = [self.json(e, base + "start", {"msisdn": number, "shortCode": "*123#", "text": "*123#"})]
        for s in steps:
            got.append(self.json(e, base + "response", {"msisdn": number, "text": s}))
        self.assertEqual([g["shouldClose"] for g in got], [False] * len(steps) + [True])
        self.assertEqual(self.json(e, base + "end", {"reason": "ok", "exitCode": 0}, "PUT"),
                         {"responseExitCode": 200, "responseMessage": ""})
        return [g["ussdMenu"] for g in got]

    def truteq(self, e, number, steps):
        import xml.etree.ElementTree as ET
        got = []
        for kind, msg in [("1", "*120*123#")] + [("2", s) for s in steps]:
            body = f"<ussd><msisdn>{number}</msisdn><sessionid>t1</sessionid><type>{kind}</type><msg>{msg}</msg></ussd>"
            status, headers, text = e.ask("POST", f"/ussd/truteq/{SECRET}", body, {"Content-Type": "text/xml"})
            self.assertEqual((status, headers["Content-Type"]), (200, "text/xml"))
            got.append(ET.fromstring(text))
        self.assertEqual([g.findtext("type") for g in got], ["2"] * len(steps) + ["3"])
        return [g.findtext("msg") for g in got]

    def hubtel(self, e, number, steps):
        got = []
        for i, (kind, msg) in enumerate([("Initiation", "*711*23#")] + [("response", s) for s in steps]):
            got.append(self.json(e, f"/ussd/hubtel/{SECRET}",
                                 {"Sequence": str(i + 1), "type": kind, "Message": msg, "ServiceCode": "7", "Operator": "mtn",
                                  "ClientState": "", "Mobile": number, "SessionId": "h1"}))
        self.assertEqual([g["type"] for g in got], ["response"] * len(steps) + ["release"])
        return [g["message"] for g in got]

    def nalo(self, e, number, steps):
        got = []
        for new, msg in [(True, "*920#")] + [(False, s) for s in steps]:
            got.append(self.json(e, f"/ussd/nalo/{SECRET}",
                                 {"USERID": "NALOTest", "MSISDN": int(number), "USERDATA": msg, "MSGTYPE": new,
                                  "NETWORK": "MTN", "SESSIONID": "16590115252429751"}))
        for g in got:
            self.assertEqual((g["USERID"], g["MSISDN"]), ("NALOTest", int(number)), "the type of an echoed field is kept")
            self.assertLessEqual(len(g["MSG"]), 120)
        self.assertEqual([g["MSGTYPE"] for g in got], [True] * len(steps) + [False])
        return [g["MSG"] for g in got]

    def query(self, e, path, **fields):
        status, headers, text = e.ask("GET", path + "?" + urllib.parse.urlencode(fields))
        self.assertEqual(status, 200, text)
        return headers, text

    def airtel(self, e, number, steps):
        got = [self.query(e, f"/ussd/airtel/{SECRET}", SessionID="a1", MSISDN=number, input=s) for s in ["*123#"] + steps]
        self.assertEqual([h["Freeflow"] for h, _ in got], ["FC"] * len(steps) + ["FB"])
        return [t for _, t in got]

    def crossgate(self, e, number, steps):
        got = [self.query(e, f"/ussd/crossgate/{SECRET}", session_id="70381", msisdn=number, service_code="123",
                          network_code="2541", ussd_string="*".join(steps[:n]))[1] for n in range(len(steps) + 1)]
        self.assertEqual([t[:3] for t in got], ["CON"] * len(steps) + ["END"])
        return got

    def advanta(self, e, number, steps):
        got = [self.query(e, f"/ussd/advanta/{SECRET}", SESSIONID="ad1", MSISDN=number, USSDCODE="*415*33#",
                          INPUT="*415*33" + "".join("*" + s for s in steps[:n]) + "#")[1] for n in range(len(steps) + 1)]
        self.assertEqual([t[:3] for t in got], ["CON"] * len(steps) + ["END"])
        return got

    def test_screens_that_are_posted(self):
        """Junebug: the request is answered with nothing, the screen comes as a request of the gateway's own."""
        with Provider(lambda r: (201, "{}")) as p:
            post = f'post = {{ url = "http://127.0.0.1:{p.port}/channels/c/messages/"; plain_http = true; ' \
                'allow_private = "127.0.0.0/8"; auth = "basic"; user = "u"; password = "p"; }'
            with Edge(edit=with_providers(block("june", "junebug", post + ";"))) as e:
                def bring(n, content, event="resume"):
                    body = {"to": "*120*8864#", "from": e.gw.number("O1"), "group": None, "message_id": f"m{n}",
                            "channel_id": "c", "timestamp": "2026-11-18 10:15:34.578820", "reply_to": None,
                            "content": content, "channel_data": {"session_event": event}}
                    status, _, got = e.ask("POST", f"/ussd/junebug/{SECRET}", json.dumps(body),
                                           {"Content-Type": "application/json"})
                    self.assertEqual((status, got), (200, ""))

                def screen(n):
                    got = wait_for(lambda: [json.loads(r["raw"]) for r in p.sent if f'"m{n}"' in r["raw"]], 20,
                                   f"the screen for m{n}")
                    self.assertEqual(len(got), 1)
                    self.assertEqual(got[0]["reply_to"], f"m{n}")
                    return got[0]["content"], got[0]["channel_data"]["continue_session"]
                bring(0, None, "new")
                self.assertIn("1 Rast i ri", screen(0)[0])
                for n, s in enumerate(["1", "1", "4", "11", "1"], 1):
                    bring(n, s)
                    shown, on = screen(n)
                    self.assertTrue(on, shown)
                self.assertIn("Lypje, Z4, 11 vjec, Djale", shown)
                bring(5, "1")   # asked again: nothing moves, nothing is posted twice
                bring(6, "1")
                end, on = screen(6)
                self.assertFalse(on)
                self.assertTrue(end.startswith("U hap E26-"), end)
                self.assertEqual(p.sent[0]["headers"]["Authorization"], "Basic dTpw")
                self.assertEqual(len(p.sent), 7)
                self.assertEqual(e.gw.count("cases"), 1)
                bring(7, None, "close")
                # a provider that is away: the screen waits for it, and then it is dropped
                p.answer = lambda r: (503, "")
                bring(8, None, "new")
                wait_for(lambda: len([r for r in p.sent if '"m8"' in r["raw"]]) >= 2, 20, "a second try")
                p.answer = lambda r: (201, "{}")
                wait_for(lambda: e.gw.rows("SELECT state FROM outbox WHERE kind = 'screen' AND state <> 'delivered'") == [],
                         20, "the screen to arrive")
                p.answer = lambda r: (400, '{"status": 400}')
                bring(9, "1")
                row = wait_for(lambda: e.gw.rows("SELECT state, reason FROM outbox WHERE kind = 'screen' AND state = 'failed'"),
                               20, "the refused screen")[0]
                self.assertIn("refused", row["reason"])
                for word in (e.gw.number("O1").lstrip("+"), "Rast i ri", SECRET, "dTpw"):
                    self.assertNotIn(word, e.gw.log())

    def go_to(self, shown, type_, *labels):
        """Chooses line after line, paging through each screen; the screen it comes to."""
        for label in labels:
            for _ in range(8):
                found = re.search(rf"^(?:CON )?(\d+) {re.escape(label)}$", shown, re.M)
                if found:
                    break
                shown = type_("98")
            else:
                self.fail(f"no {label}")
            shown = type_(found.group(1))
        return shown

    def secrets(self, gw, who, *lines, what="pin"):
        subprocess.run([os.path.join(gw.build, "kujdestar"), "--config", gw.cfg, "contact", what, who],
                       input="".join(line + "\n" for line in lines), text=True, timeout=60, check=True,
                       capture_output=True)

    def traces(self, gw, word):
        """Files of the gateway in which a word stands, the log among them."""
        found = []
        for entry in os.scandir(gw.dir):
            if entry.is_file():
                with open(entry.path, "rb") as f:
                    found += [entry.name] if word.encode() in f.read() else []
        return found + ([gw.log_path] if word in gw.log() else [])

    def test_a_pin_in_a_menu(self):
        """Asked for on its own screen, checked while the caller waits, shown and kept nowhere."""
        pin, fresh, word = "604816", "739251", "dallendyshe"
        with Provider(lambda r: (201, "{}")) as p:
            post = f'post = {{ url = "http://127.0.0.1:{p.port}/m/"; plain_http = true; allow_private = "127.0.0.0/8"; }};'
            with Edge(edit=with_providers(block("menu", "africastalking"), block("june", "junebug", post))) as e:
                self.secrets(e.gw, "O1", pin, "")
                self.secrets(e.gw, "T1", word, what="codeword")
                e.gw.text("O1", "RAST LYP Z4 M11")
                wait_for(lambda: e.gw.count("cases") == 1, 20, "the case")
                number = e.gw.number("O1")

                def ask(session, group, label, *typed):
                    a = At(e, number, session)
                    self.go_to(a.dial(), a.type, group, label)
                    return a, [a.type(t) for t in typed]
                a, got = ask("p0", "Te tjera", "Telefon i humbur", e.gw.number("T1"), word)
                self.assertTrue(got[1].startswith("END Kerkesa u mor"), got)
                wait_for(lambda: e.gw.rows("SELECT active FROM reporters WHERE id = 'T1'") == [{"active": 0}], 20, "the lock")
                a, got = ask("p1", "Raste", "Gjendja e rastit", "604817", "12", pin, "1", "1")
                self.assertIn("PIN-i nuk vlen", got[0])   # asked before a code is shown
                self.assertNotIn("E26-", got[0])
                self.assertIn("Nuk kuptohet", got[1])
                self.assertRegex(got[2], "1 E26-")
                self.assertRegex(got[3], "Gjendja e rastit\nE26-[^\n]*\n1 Dergo")   # once a session
                self.assertTrue(got[4].startswith("END E26-"), got)
                self.assertEqual(a.post(), got[4], "asked again it is the same screen")
                a, got = ask("p2", "Raste", "Rastet e mia", "604817")
                self.assertIn("PIN-i nuk vlen", got[0])
                a, got = ask("p3", "Te tjera", "Ndrysho PIN-in", pin + "*" + fresh)
                self.assertIn("PIN", got[0])
                self.assertNotIn(fresh, got[0])
                a, got = ask("p4", "Raste", "Rastet e mia", fresh)
                self.assertIn("E26-", got[0])
                a, got = ask("p5", "Raste", "Mbyll rast", fresh, "1", "1", "#")
                self.assertIn("Dergo pa PIN", got[2])
                self.assertIn("E26-", got[3])
                # the same where the screen is posted
                n = [0]

                def june(content, event="resume"):
                    n[0] += 1
                    body = {"to": "*1#", "from": number, "message_id": f"j{n[0]}", "content": content,
                            "channel_data": {"session_event": event}}
                    status, _, _ = e.ask("POST", f"/ussd/junebug/{SECRET}", json.dumps(body),
                                         {"Content-Type": "application/json"})
                    self.assertEqual(status, 200)
                    return wait_for(lambda: [json.loads(r["raw"])["content"] for r in p.sent if f'"j{n[0]}"' in r["raw"]],
                                    20, "the screen")[0]
                self.go_to(june(None, "new"), june, "Raste", "Progres 1-5")
                self.assertIn("1 E26-", june(fresh))
                self.assertIn("Pike", june("1"))
                self.assertIn("E26-", self.go_to(june("00"), june, "Raste", "Rastet e mia"))
                e.gw.settled()
                for secret in (pin, fresh, word):
                    self.assertEqual(self.traces(e.gw, secret), [])

    def test_hostile_callbacks(self):
        """Refused, and what was in them is in no log: a child's words must not get there by a malformed request."""
        child, number = "vajza14nez5", "355692000001"
        kinds = {"form": {"Content-Type": "application/x-www-form-urlencoded"},
                 "json": {"Content-Type": "application/json"}, "xml": {"Content-Type": "text/xml"}}
        at, tru, nalo, inf = (f"/ussd/at/{SECRET}", f"/ussd/truteq/{SECRET}", f"/ussd/nalo/{SECRET}",
                              f"/ussd/infobip/{SECRET}/session/s/response")
        xml = f"<ussd><msisdn>{number}</msisdn><sessionid>S</sessionid><type>2</type><msg>{child}</msg></ussd>"
        bomb = ('<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "' + child + '"><!ENTITY b "' + "&a;" * 50 +
                '"><!ENTITY c "' + "&b;" * 50 + '">]>' + xml.replace(child, "&c;"))
        deep = '{"a":' * 60 + f'"{child}"' + "}" * 60
        good = {"SESSIONID": "x", "MSISDN": number, "USERDATA": child, "MSGTYPE": False, "USERID": "u"}
        rows = [  # path, kind, body, what it is refused with
            (at, "form", f"sessionId=a%00b&phoneNumber=%2B{number}&text={child}", 400),
            (at, "form", f"sessionId={'s' * 200}&phoneNumber=%2B{number}&text={child}", 400),
            (at, "form", f"sessionId=a&phoneNumber={child}&text=1", 400),
            (at, "form", f"sessionId=a&sessionId=b&phoneNumber=%2B{number}&text={child}", 400),
            (at, "form", f"sessionId=a&phoneNumber=%2B{number}&text={child}%f", 400),
            (at, "form", f"sessionId=a&phoneNumber=%2B{number}&text=" + child * 200, 400),
            (at, "form", "&".join(f"{child}{i}=1" for i in range(200)), 400),
            (at, "form", "x=" + child * 3000, 413),
            (at, "json", json.dumps(good), 415),
            (tru, "xml", bomb, 400), (tru, "xml", f'<!DOCTYPE u SYSTEM "file:///etc/passwd">{xml}', 400),
            (tru, "xml", xml[:-3], 400), (tru, "xml", xml.replace("<msg>", f"<msg>x</msg><msg>"), 400),
            (tru, "xml", "<a>" * 100 + child + "</a>" * 100, 400),
            (tru, "xml", f"<?xml version='1.0' encoding='utf-7'?>{xml}", 400),
            (nalo, "json", deep, 400), (nalo, "json", json.dumps(good)[:-1], 400),
            (nalo, "json", json.dumps(good).replace("{", '{"MSISDN": "1", ', 1), 400),
            (nalo, "json", json.dumps(dict(good, SESSIONID="a\u0000b")), 400),
            (nalo, "json", f'["{child}"]', 400), (nalo, "json", f'"{child}"', 400),
            (inf, "json", "{}" + child, 200), (inf, "json", json.dumps({"msisdn": child, "text": child}), 200),
        ]
        blocks = [block(f"h{i}", k) for i, k in enumerate(["africastalking", "truteq", "nalo", "infobip"])]
        with Edge(edit=with_providers(*blocks)) as e:
            for path, kind, body, want in rows:
                status, _, got = e.ask("POST", path, body, kinds[kind])
                self.assertEqual(status, want, (path, body[:200], got))
                self.assertNotIn(child, got)
                self.assertNotIn(number, got)
                if status == 200:   # infobip's form of a refusal
                    self.assertEqual(json.loads(got)["responseExitCode"], 400)
            for raw in (f"POST {at} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{child}",
                        f"POST {at} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 99\r\n\r\n{child}",
                        f"POST {at} HTTP/1.1\r\nHost: x\r\n{child}: {'y' * 40000}\r\n\r\n"):
                self.assertIn(status_of(e.raw(raw.encode())), (400, 413, 431))
            self.assertEqual(e.ask("POST", at.replace(SECRET, child + SECRET), "x=1", kinds["form"])[0], 404)
            self.assertEqual(e.gw.count("ussd_sessions"), 0)
            self.assertEqual(e.gw.count("messages"), 0)
            self.assertNotIn("worker=edge down", e.gw.log())
            for word in (child, number, SECRET):
                self.assertEqual(self.traces(e.gw, word) if word == child else [word] * (word in e.gw.log()), [])

    def test_a_provider_that_hung_up(self):
        """Its request again, long after: the screen it never got, and nothing moved.  Had it got it, the same key
        would be another answer."""
        import signal
        import socket
        with Edge(edit=with_providers(block("i", "infobip", "repeat_s = 1;"))) as e:
            number = e.gw.number("O1").lstrip("+")
            base = f"/ussd/infobip/{SECRET}/session/i1/"

            def post(what, text):
                return self.json(e, base + what, {"msisdn": number, "text": text})["ussdMenu"]
            post("start", "*123#")
            os.kill(e.gw.hub.pid, signal.SIGSTOP)
            try:
                body = json.dumps({"msisdn": number, "text": "1"})
                with socket.create_connection(("127.0.0.1", e.port)) as s:
                    s.sendall((f"POST {base}response HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                               f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
                    s.settimeout(0.5)
                    with self.assertRaises(TimeoutError):
                        s.recv(1)
            finally:
                os.kill(e.gw.hub.pid, signal.SIGCONT)
            wait_for(lambda: "unheard" in e.gw.log(), 10, "the news that it was not heard")
            changed = e.gw.rows("SELECT changed FROM ussd_sessions")[0]["changed"]
            wait_for(lambda: time.time() > changed + 1.5, 5)   # beyond repeat_s
            shown = post("response", "1")
            self.assertIn("Lypje", shown)
            wait_for(lambda: time.time() > changed + 4, 8)
            self.assertIn("Z4", post("response", "1"))

    def test_the_end_of_a_session_is_noted(self):
        with Edge(edit=with_providers(block("menu", "africastalking"))) as e:
            a = At(e, e.gw.number("O1"), "n1")
            a.dial()
            a.type("1")
            a.type("1")
            body = urllib.parse.urlencode({"sessionId": "n1", "phoneNumber": e.gw.number("O1"), "status": "Incomplete",
                                           "date": "2026-11-18 12:00:00", "input": "1*1"})
            status, _, _ = e.ask("POST", f"/ussd/at/{SECRET}/events", body,
                                 {"Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(status, 200)
            self.assertEqual([r["state"] for r in e.gw.rows("SELECT state FROM ussd_sessions")], ["closed"])
            self.assertIn("Vazhdo", At(e, e.gw.number("O1"), "n2").dial())

    def test_a_restart_between_two_screens(self):
        with Edge(edit=with_providers(block("menu", "africastalking"))) as e:
            a = At(e, e.gw.number("O1"), "r1")
            a.dial()
            a.type("1")
            shown = a.type("1")
            e.gw.stop_hub()
            e.gw.run()
            e.ready()
            self.assertEqual(a.post(), shown)
            self.assertIn("Mosha?", a.type("4"))


class Blocks(unittest.TestCase):
    def kujdestar(self, *words, cfg="tests/component/ussd.cfg", stdin=""):
        argv = [os.path.join(default_build(), "kujdestar"), "--config", os.path.join(ROOT, cfg), *words]
        return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=120, cwd=ROOT)

    def test_every_shipped_block_answers_its_sample(self):
        folder = os.path.join(ROOT, "tests/unit/data/ussd")
        with open(os.path.join(ROOT, "config/providers.cfg"), encoding="utf-8") as f:
            names = set(re.findall(r'\{ name = "([a-z]+)";', f.read())) - {"menu"}
        self.assertEqual({os.path.splitext(n)[0] for n in os.listdir(folder)}, names)
        for name in sorted(names):
            p = self.kujdestar("ussd", "test", name, os.path.join(folder, name + ".txt"))
            self.assertEqual(p.returncode, 0, p.stdout + p.stderr)

    def test_a_wrong_sample_is_told(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
            f.write("GET /ussd/crossgate/{secret}?msisdn=355692000001&session_id=1&ussd_string= HTTP/1.1\n\n---\nCON other\n")
            f.flush()
            p = self.kujdestar("ussd", "test", "crossgate", f.name)
        self.assertEqual(p.returncode, 65)
        self.assertIn("not ok 1", p.stdout)

    def test_a_new_provider_needs_a_block_and_no_code(self):
        """An XML provider with attributes, a bearer token and keys of its own."""
        more = """ussd = { providers = ( { name = "own"; path = "/x/{session}"; in = "xml"; session = "path:session";
            msisdn = "caller.@msisdn"; input = "caller.said"; new_if = [ "@begin=true" ]; close_if = [ "@begin=over" ];
            auth = "bearer"; secret = "0123456789abcdef"; reply_type = "application/xml"; limit = 100;
            cont = "<r go=\\"on\\" m={q}{text:attr}{q}/>"; end = "<r go=\\"off\\"><m>{text:xml}</m></r>"; } ); };"""
        more = more.replace("{q}", '\\"')
        sample = "POST /x/s1 HTTP/1.1\nAuthorization: Bearer 0123456789abcdef\nContent-Type: application/xml\n\n" \
            '<q begin="true"><caller msisdn="+355692000001"><said/></caller></q>\n'
        with tempfile.NamedTemporaryFile("w", suffix=".cfg", dir=os.path.join(ROOT, "config")) as f, \
                tempfile.NamedTemporaryFile("w", suffix=".txt") as t:
            with open(os.path.join(ROOT, "config/demo.cfg"), encoding="utf-8") as demo:
                f.write(demo.read() + more)
            f.flush()
            t.write(sample)
            t.flush()
            p = self.kujdestar("ussd", "test", "own", t.name, cfg=f.name)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        self.assertIn('<r go="on" m="Zgjidh raportin&#10;1 Rast i ri&#10;', p.stdout)

    NEW = {   # providers that nothing here was written for: a block and what they send and want back
        # numbers stay numbers, strings strings; 0 goes on; the input is a number; a token in a header
        "digits": ("""path = "/x/{secret}"; in = "json"; session = "call.id"; msisdn = "call.from"; input = "said";
            new_if = [ "step=0" ]; close_if = [ "step=9" ]; reply_type = "application/json"; newline = "crlf"; limit = 140;
            cont = "{\\"id\\":{in.call.id:json},\\"net\\":{in.net:json},\\"end\\":0,\\"msg\\":{text:json}}";
            end = "{\\"id\\":{in.call.id:json},\\"net\\":{in.net:json},\\"end\\":1,\\"msg\\":{text:json}}"; closed = "{}";""",
            [("POST", "/x/{secret}", "application/json", '{"call":{"id":77,"from":355692000001},"net":"1","step":0,"said":null}',
              '{"id":77,"net":"1","end":0,"msg":"Zgjidh raportin\\r\\n1 Rast i ri\\r\\n2 Vizite, telefonate\\r\\n'
              '3 Sinjale, pyetje\\r\\n4 Raste\\r\\n5 Refero rast\\r\\n6 Detyra\\r\\n7 Shkolla\\r\\n8 Kthime\\r\\n98 Me shume"}'),
             ("POST", "/x/{secret}", "application/json", '{"call":{"id":77,"from":355692000001},"net":"1","step":1,"said":7}',
              '{"id":77,"net":"1","end":0,"msg":"Shkolla\\r\\n1 U kthye ne shkolle\\r\\n2 Regjistrim shkolle\\r\\n0 Kthehu"}'),
             ("POST", "/x/{secret}", "application/json", '{"call":{"id":77,"from":355692000001},"net":"1","step":9,"said":""}',
              "{}")]),
        # the telephone is the session; the answer is a form
        "forms": ("""path = "/y/{secret}"; methods = [ "GET" ]; in = "query"; session_key = "msisdn"; msisdn = "who";
            input = "text"; new_if = [ "text^=*" ]; reply_type = "application/x-www-form-urlencoded";
            cont = "action=request&responseString={text:form}"; end = "action=end&responseString={text:form}";""",
            [("GET", "/y/{secret}?who=0692000001&text=*123%23", None, "",
              "action=request&responseString=Zgjidh+raportin%0A1+Rast+i+ri%0A2+Vizite%2C+telefonate%0A3+Sinjale%2C+pyetje%0A4+Raste"
              "%0A5+Refero+rast%0A6+Detyra%0A7+Shkolla%0A8+Kthime%0A9+Takimi%0A10+Te+tjera%0A11+Anulo+te+fundit"
              "%0A12+Ndihme+%28SOS%29"),
             ("GET", "/y/{secret}?who=0692000001&text=sos", None, "",
              "action=end&responseString=Ne+rrezik+tani%3A+129+ose+112.+Femije%3A+116111.+Trafikim%3A+116006.+Njoftuam+turnin."
              "+Ky+numer+s%27eshte+emergjence")]),
        # breaks are markup of its own
        "marked": ("""path = "/z/{secret}"; in = "xml"; session = "page.@session"; msisdn = "page.@abonent"; input = "page.request";
            new_if = [ "page.request=" ]; newline = "br"; reply_type = "text/xml"; limit = 100;
            cont = "<page session={q}{in.page.@session:attr}{q}>{text:xml}</page>"; end = "<page end={q}1{q}>{text:xml}</page>";""",
            [("POST", "/z/{secret}", "text/xml", '<in><page session="a&amp;b" abonent="355692000001"><request></request></page></in>',
              '<page session="a&amp;b">Zgjidh raportin<br />1 Rast i ri<br />2 Vizite, telefonate<br />3 Sinjale, pyetje<br />'
              '4 Raste<br />5 Refero rast<br />98 Me shume</page>'),
             ("POST", "/z/{secret}", "text/xml", '<in><page session="a&amp;b" abonent="355692000001"><request>98</request></page></in>',
              '<page session="a&amp;b">6 Detyra<br />7 Shkolla<br />8 Kthime<br />9 Takimi<br />10 Te tjera<br />'
              '11 Anulo te fundit<br />12 Ndihme (SOS)</page>')]),
    }

    def test_any_other_kind_is_a_block_and_a_sample(self):
        """Each passes with its pairs, and fails when one octet of them is another."""
        with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, "config")) as d:
            cfg, sample = os.path.join(d, "k.cfg"), os.path.join(d, "sample.txt")
            with open(os.path.join(ROOT, "config/demo.cfg"), encoding="utf-8") as demo:
                base = re.sub(r'"((?:demo_)?[a-z_]+\.(?:cfg|csv))"', r'"../\1"', demo.read())
            for name, (settings, pairs) in self.NEW.items():
                settings = settings.replace("{q}", '\\"')
                with open(cfg, "w", encoding="utf-8") as f:
                    f.write(base + f'\nussd = {{ providers = ( {{ name = "{name}"; secret = "{SECRET}"; {settings} }} ); }};\n')
                text = "\n===\n".join(f"{method} {path} HTTP/1.1\n" + (f"Content-Type: {kind}\n" if kind else "") +
                                      f"\n{body}\n---\n{want}" for method, path, kind, body, want in pairs)
                for spoiled in (False, True):
                    with open(sample, "w", encoding="utf-8") as f:
                        f.write(text[:-1] + "?" if spoiled else text)
                    p = self.kujdestar("ussd", "test", name, sample, cfg=cfg)
                    self.assertEqual(p.returncode, 65 if spoiled else 0, name + "\n" + p.stdout + p.stderr)
                    self.assertEqual(p.stdout.count("ok"), len(pairs), p.stdout)

    def test_faults_of_blocks_have_their_place(self):
        rows = [('{ name = "a"; like = "none"; }', 'like: "none" is no block'),
                ('{ name = "a"; like = "nalo"; secret = "0123456789abcdef"; cont = "{text}"; }',
                 "cont: has a placeholder without an escape"),
                ('{ name = "a"; like = "truteq"; secret = "0123456789abcdef"; end = "<a b={text:xml}/>"; }',
                 "end: has a value inside a tag without :attr"),
                ('{ name = "a"; like = "nalo"; secret = "0123456789abcdef"; end = "{nothing:json}"; }', "has an unknown placeholder"),
                ('{ name = "a"; like = "nalo"; secret = "short"; }', "secret: a secret has 16 to 120 bytes"),
                ('{ name = "a"; like = "nalo"; addresses = [ "10.0.0.0/8" ]; }', '"path" without a secret'),
                ('{ name = "a"; like = "nalo"; addresses = [ "10.0.0.0" ]; }', "has a network without a length"),
                ('{ name = "a"; like = "nalo"; secret = "0123456789abcdef"; path = "/x"; }', "path: has no {secret}"),
                ('{ name = "a"; like = "airtel"; cont_headers = [ "no colon" ]; }', 'is not written "Name: value"'),
                ('{ name = "nalo"; }', "is the name of another block too"),
                ('{ name = "a"; like = "nalo"; limit = 20; }', "out of range (60 to 182)"),
                ('{ name = "a"; color = "red"; }', "unknown setting")]
        with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, "config")) as d:
            with open(os.path.join(ROOT, "config/demo.cfg"), encoding="utf-8") as demo:
                base = re.sub(r'"((?:demo_)?[a-z_]+\.(?:cfg|csv))"', r'"../\1"', demo.read())
            base = base.replace("files = {", 'files = { providers = [ "../providers.cfg" ];', 1)
            for block, words in rows:
                path = os.path.join(d, "k.cfg")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(base + "\nussd = { providers = (\n" + block + "\n); };\n")
                line = base.count("\n") + 3
                p = self.kujdestar("check", cfg=path)
                self.assertEqual(p.returncode, 78, block)
                said = p.stdout + p.stderr
                self.assertIn(words, said, block)
                self.assertRegex(said, rf"(k\.cfg:{line}|providers\.cfg:\d+): ", block)

    def test_try_in_the_terminal(self):
        p = self.kujdestar("ussd", "try", "--from", "O1", cfg="config/demo.cfg", stdin="1\n1\n4\n11\n1\n1\n")
        self.assertEqual(p.returncode, 0, p.stderr)
        self.assertIn("Lypje, Z4, 11 vjec, Djale", p.stdout)
        self.assertRegex(p.stdout, r"U hap .*\n\[\d+ septets, end\]\n$")
        stranger = self.kujdestar("ussd", "try", "--from", "+355697777777", cfg="config/demo.cfg")
        self.assertRegex(stranger.stdout, r"^Ky sherbim .*\n\[\d+ septets, end\]\n$")

    def test_a_trial_that_is_committed(self):
        from gateway import Gateway
        with Gateway() as gw:
            gw.init().run()
            p = subprocess.run([os.path.join(gw.build, "kujdestar"), "--config", gw.cfg, "ussd", "try", "--from", "O1", "--commit"],
                               input="1\n1\n4\n11\n1\n1\n", capture_output=True, text=True, timeout=60)
            self.assertEqual(p.returncode, 0, p.stderr)
            wait_for(lambda: gw.count("cases") == 1, 20, "the case")


if __name__ == "__main__":
    unittest.main()
