"""Agencies answer: by a signed call, or by a person's click on a link."""
import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import shutil
import sqlite3
import tempfile
import unittest

from edge import Edge
from gateway import CONFIG_DIR
from simmodem import wait_for


def headers(secret, uid, at, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{uid}.{at}.".encode() + body, hashlib.sha256).digest()
    return {"Content-Type": "application/json", "webhook-id": uid, "webhook-timestamp": str(at),
            "webhook-signature": "v1," + base64.b64encode(mac).decode()}


class TestAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="kujdestar-answers-")
        mandates = os.path.join(cls.dir, "mandates.cfg")
        with open(os.path.join(CONFIG_DIR, "mandates.cfg"), encoding="utf-8") as f:
            text = f.read()
        with open(mandates, "w", encoding="utf-8") as f:
            f.write(text.replace('keys = [ "alert", "rule", "case",', 'keys = [ "alert", "link", "rule", "case",')
                    .replace('keys = [ "referral", "case", "age_band", "sex", "urgent", "service" ]',
                             'keys = [ "referral", "link", "case", "age_band", "sex", "urgent", "service" ]'))
        def edit(config):
            config = re.sub(r'mandates = "[^"]+"', f'mandates = {json.dumps(mandates)}', config)
            # each agency its own secret: one that signs as another must be found out
            for code in ("SSS", "POLICE"):
                secret = "whsec_" + base64.b64encode(f"the secret of {code} alone, of this test".encode()).decode()
                config = re.sub(rf'(code = "{code}".*?secret = )"[^"]+"', rf'\1"{secret}"', config, flags=re.S, count=1)
            return config
        cls.edge = Edge('public_url = "https://kujdestar.example";', edit=edit)
        cls.edge.__enter__()
        cls.gw = cls.edge.gw

    @classmethod
    def tearDownClass(cls):
        cls.edge.__exit__(None, None, None)
        shutil.rmtree(cls.dir, ignore_errors=True)

    zone = 0

    def alert(self):
        """A new case; the alert MUN was told of, as its request had it."""
        type(self).zone += 1
        known = len(self.gw.agency.requests())
        self.gw.text("O1", f"RAST LYP Z{self.zone} M{8 + self.zone}")
        wait_for(lambda: len(self.gw.agency.requests()) > known, 20, "the delivery")
        return self.gw.agency.requests()[-1].json()["data"]

    def referral(self):
        """A new one to TV; what TV was told."""
        code = self.alert()["case"]
        known = len(self.gw.agency.requests())
        self.gw.text("C1", f"refero {code} tjeter vizion strehim")
        wait_for(lambda: any(r["path"].startswith("/tv") for r in self.gw.agency.requests()[known:]), 20, "TV is told")
        return [r.json()["data"] for r in self.gw.agency.requests()[known:] if r["path"].startswith("/tv")][-1]

    def call(self, agency, body, uid, secret=None, at=None, **change):
        body = json.dumps(body).encode()
        at = at or self.gw.status()["now"]
        h = headers(secret or self.gw.secrets[agency], uid, at, body) | change
        return self.edge.ask("POST", f"/answers/{agency}", body=body, headers=h)

    def state(self, alert):
        return self.gw.rows(f"SELECT state, acked_by FROM alerts WHERE number = {int(alert)}")[0]

    def test_the_municipality_acknowledges_and_escalation_stops(self):
        alert = self.alert()["alert"]
        said = {"type": "alert.ack", "data": {"alert": alert}}
        status, _, text = self.call("MUN", said, "a1")
        self.assertEqual((status, json.loads(text)), (200, {"state": "taken"}))
        self.assertEqual(self.state(alert), {"state": "acked", "acked_by": "agency:MUN"})
        status, _, text = self.call("MUN", said, "a1")
        self.assertEqual((status, json.loads(text)["status"]), (409, 409))
        status, _, text = self.call("MUN", said, "a2")
        self.assertEqual((status, json.loads(text)), (200, {"state": "already"}))
        self.assertEqual(self.gw.count("audit", f"who = 'agency:MUN' AND verb = 'answer.ack' AND object = 'alert {alert}'"), 2)

    def test_who_did_not_sign_is_refused_in_one_and_the_same_words(self):
        alert = self.alert()["alert"]
        said = {"type": "alert.ack", "data": {"alert": alert}}
        now = self.gw.status()["now"]
        refused = [
            self.call("MUN", said, "b1", secret=self.gw.secrets["SSS"]),
            self.call("NOBODY", said, "b2", secret=self.gw.secrets["SSS"]),
            self.call("MUN", said, "b3", at=now - 301),
            self.call("MUN", said, "b4", at=now + 301),
            self.call("MUN", said, "b5", **{"webhook-id": "b6"}),
            self.call("TV", said, "b7", secret="whsec_bm9ib2R5IG5vYm9keSBub2JvZHkgbm9ib2R5IG5vYm9keSE="),
            self.call("EVIL", said, "b8", secret="whsec_bm9ib2R5IG5vYm9keSBub2JvZHkgbm9ib2R5IG5vYm9keSE="),
        ]
        self.assertEqual({r[0] for r in refused}, {401})
        self.assertEqual(len({r[2] for r in refused}), 1)
        self.assertEqual(len({tuple(sorted((k, v) for k, v in r[1].items() if k != "Date")) for r in refused}), 1)
        self.assertEqual(self.state(alert)["state"], "open")

    def test_only_what_it_was_told_of(self):
        alert = self.alert()["alert"]
        for number in (alert, 999999):
            status, headers_, text = self.call("POLICE", {"type": "alert.ack", "data": {"alert": number}}, f"c{number}")
            self.assertEqual(status, 404)
            self.assertEqual(headers_["Content-Type"], "application/problem+json")
        self.assertEqual(self.state(alert)["state"], "open")
        self.assertEqual(self.call("MUN", {"type": "alert.decline", "data": {"alert": alert}}, "c-no")[0], 400)

    def test_malformed_calls(self):
        good = headers(self.gw.secrets["MUN"], "d1", self.gw.status()["now"], b"{}")
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            less = {k: v for k, v in good.items() if k != name}
            self.assertEqual(self.edge.ask("POST", "/answers/MUN", body=b"{}", headers=less)[0], 400)
        self.assertEqual(self.edge.ask("POST", "/answers/MUN", body=b"{}", headers=good | {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.edge.ask("POST", "/answers/MUN", body=b"{}", headers=good)[0], 400)
        self.assertEqual(self.edge.ask("GET", "/answers/MUN")[0], 405)
        self.assertEqual(self.edge.ask("POST", "/answers/MUN/x", body=b"{}", headers=good)[0], 404)
        for body in (b"[]", b'{"type":"alert.ack","type":"alert.ack","data":{"alert":1}}', b"\xff", b"{" * 5000):
            h = headers(self.gw.secrets["MUN"], f"d{len(body)}", self.gw.status()["now"], body)
            self.assertEqual(self.edge.ask("POST", "/answers/MUN", body=body, headers=h)[0], 400)

    def test_a_referral_and_a_task_by_their_own_agency_alone(self):
        code = self.alert()["case"]
        self.gw.text("C1", f"refero {code} tjeter vizion strehim")
        wait_for(lambda: self.gw.count("referrals"), 20, "a referral")
        r = self.gw.rows("SELECT number, agency FROM referrals ORDER BY number DESC LIMIT 1")[0]
        self.assertEqual(r["agency"], "TV")
        said = {"type": "referral.accept", "data": {"referral": f"R{r['number']}"}}
        self.assertEqual(self.call("SSS", said, "e1")[0], 404)
        self.assertEqual(self.call("TV", said, "e2")[0], 200)
        self.assertEqual(self.gw.rows(f"SELECT state, answered_by FROM referrals WHERE number = {r['number']}"),
                         [{"state": "accepted", "answered_by": "agency:TV"}])
        late = {"type": "referral.decline", "data": {"referral": f"R{r['number']}", "reason": "no_capacity"}}
        self.assertEqual(self.call("TV", late, "e3")[0], 409)
        self.gw.text("C1", f"DETYRE {code} TDH vizite deri 15.01.2027")
        wait_for(lambda: self.gw.count("tasks"), 20, "a task")
        t = self.gw.rows("SELECT number, agency FROM tasks ORDER BY number DESC LIMIT 1")[0]
        done = {"type": "task.done", "data": {"task": f"T{t['number']}"}}
        self.assertEqual(self.call("TV", done, "e4")[0], 404)
        self.assertEqual(self.call(t["agency"], done, "e5")[0], 200)
        self.assertEqual(self.gw.rows(f"SELECT state FROM tasks WHERE number = {t['number']}"), [{"state": "done"}])

    def test_a_link_answers_once_and_looking_changes_nothing(self):
        data = self.alert()
        path = data["link"].removeprefix("https://kujdestar.example")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for _ in range(2):
            status, h, page = self.edge.ask("GET", path)
            self.assertEqual((status, h["Content-Type"]), (200, "text/html; charset=utf-8"))
            self.assertIn(f"MUN: Sinjali {data['alert']} / Alert {data['alert']}", page)
            self.assertIn('value="ack"', page)
            self.assertNotIn(data["case"], page)
        self.assertEqual(self.state(data["alert"])["state"], "open")
        self.assertEqual(self.edge.ask("HEAD", path)[0], 405)
        self.assertEqual(self.edge.ask("POST", path, body="action=accept", headers=form)[0], 400)
        self.assertEqual(self.edge.ask("POST", path, body="action=<script>", headers=form)[0], 400)
        self.assertEqual(self.edge.ask("POST", path, body="action=ack", headers={"Content-Type": "text/plain"})[0], 400)
        self.assertEqual(self.state(data["alert"])["state"], "open")
        self.assertEqual(self.edge.ask("POST", path, body="action=ack", headers=form)[0], 200)
        self.assertEqual(self.state(data["alert"]), {"state": "acked", "acked_by": "agency:MUN"})
        self.assertEqual(self.edge.ask("POST", path, body="action=ack", headers=form)[0], 404)
        # the token stands in the delivery alone
        token = path.rsplit("/", 1)[1].encode()
        for name in os.listdir(self.gw.dir):
            if os.path.isfile(os.path.join(self.gw.dir, name)):
                with open(os.path.join(self.gw.dir, name), "rb") as f:
                    self.assertNotIn(token, f.read(), name)

    def test_a_link_that_opens_nothing_is_answered_like_any_other(self):
        """Used, expired, a character off, made up, cut, too long: one status, one page, the same headers."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        used, old, good = (self.alert() for _ in range(3))
        path = {name: data["link"].removeprefix("https://kujdestar.example")
                for name, data in (("used", used), ("old", old), ("good", good))}
        self.assertEqual(self.edge.ask("POST", path["used"], body="action=ack", headers=form)[0], 200)
        with contextlib.closing(sqlite3.connect(os.path.join(self.gw.dir, "kujdestar.db"), timeout=20)) as db, db:
            db.execute("UPDATE links SET expires = made WHERE subject = ?", (f"alert {old['alert']}",))
        last = path["good"][-1]
        paths = [path["used"], path["old"], path["good"][:-1] + ("a" if last != "a" else "b"),
                 "/a/" + "a" * 32, "/a/" + "a" * 31]
        for action in (None, "ack", "decline", "nonsense"):
            told = set()
            for p in paths:
                how = dict(body=f"action={action}", headers=form) if action else {}
                status, h, page = self.edge.ask("POST" if action else "GET", p, **how)
                told.add((status, tuple(sorted((k, v) for k, v in h.items() if k != "Date")), page))
            self.assertEqual(len(told), 1, told)
            self.assertEqual(told.pop()[0], 404)
        self.assertEqual(self.edge.ask("GET", "/a/" + "a" * 200)[0], 404)
        self.assertEqual(self.edge.ask("GET", path["good"])[0], 200)

    def test_a_referral_is_answered_by_its_link(self):
        """Two buttons; who refuses by it cannot accept by it, and only a row that lists the key has a link."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for action, state in (("decline", "declined"), ("accept", "accepted")):
            data = self.referral()
            number = int(data["referral"].lstrip("R"))
            path = data["link"].removeprefix("https://kujdestar.example")
            for _ in range(2):
                status, _, page = self.edge.ask("GET", path)
                self.assertEqual(status, 200)
                self.assertEqual(page.count("<button"), 2)
                self.assertIn('value="accept"', page)
                self.assertIn('value="decline"', page)
                self.assertNotIn(data["case"], page)
            self.assertEqual(self.gw.count("referrals", f"number = {number} AND answered_by = ''"), 1)
            self.assertEqual(self.edge.ask("POST", path, body="action=ack", headers=form)[0], 400)
            self.assertEqual(self.edge.ask("POST", path, body=f"action={action}", headers=form)[0], 200)
            self.assertEqual(self.gw.rows(f"SELECT state, answered_by FROM referrals WHERE number = {number}"),
                             [{"state": state, "answered_by": "agency:TV"}])
            for other in ("accept", "decline"):
                self.assertEqual(self.edge.ask("POST", path, body=f"action={other}", headers=form)[0], 404)
        told = [r.json()["data"] for r in self.gw.agency.requests()]
        self.assertTrue(all("link" not in d for r, d in zip(self.gw.agency.requests(), told)
                            if not r["path"].startswith(("/mun", "/tv"))))


if __name__ == "__main__":
    unittest.main()
