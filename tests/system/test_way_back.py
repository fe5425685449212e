"""One child's whole way with the real binaries: from the text that reported him to six months back in school,
with the two meetings of the group that lie between.

The clock runs at its own pace where people act, and as fast as it can where nothing is expected of them; each
part begins with a start of the gateway at its day.
"""
import json
import os
import re
import time
import unittest

from edge import Edge, free_port, listening
from gateway import CONFIG_DIR, Gateway, no_guards
from test_answers import headers

PIN = "482913"
FAST = 400000            # nine days in two seconds
NEVER = ("Arben", "Hoxha", "691112223", "rruga")


def without_silence(directory):
    """The rules but those of classes that do not report: on most of these days none does."""
    with open(os.path.join(CONFIG_DIR, "rules.cfg"), encoding="utf-8") as f:
        text = re.sub(r'\t\{ id = "A8[^}]*\},\n', "", f.read())
    path = os.path.join(directory, "rules.cfg")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


class WayBack(unittest.TestCase):
    def setUp(self):
        self.edge = Edge.__new__(Edge)
        self.edge.port = free_port()

        def edit(text):
            store = re.search(r'path = "([^"]+)/kujdestar.db"', text).group(1)
            return re.sub(r'rules = "[^"]+"', f"rules = {json.dumps(without_silence(store))}", no_guards(text))

        self.gw = self.edge.gw = Gateway(edit=listening(self.edge.port, edit=edit))
        self.addCleanup(self.gw.close)
        self.gw.init()
        self.gw.secret("pin", "C1", PIN, "")  # what is approved wants one
        self.people = {row["msisdn"]: who for who, row in self.gw.roster.items()}
        self.calls = self.seen = 0

    # ---- the clock ----

    def start(self, iso, scale):
        if self.gw.hub:
            self.assertEqual(self.gw.stop_hub(), 0, self.gw.log()[-2000:])
        self.gw.run("--start-at", iso, "--time-scale", scale)

    def at(self, iso):
        """It is then; what had fallen due has left: {who: [texts]}."""
        self.start(iso, 1)
        self.edge.ready()
        self.gw.settled()
        return self.news()

    def days_pass(self, start, end, then):
        """Days on which nobody does anything, a little beyond end; then it is that time: {who: [texts]}."""
        self.news()
        self.start(start, FAST)
        deadline = time.monotonic() + 60
        while self.gw.status()["time"] < end:
            self.assertLess(time.monotonic(), deadline, f"the clock at {end}")
        return self.at(then)

    # ---- people ----

    def news(self):
        got = {}
        for m in self.gw.sim.sent()[self.seen:]:
            got.setdefault(self.people[m["to"]], []).append(m["text"])
        self.seen += sum(len(texts) for texts in got.values())
        return got

    def say(self, who, text):
        """A text, and what each one got for it: {who: [texts]}."""
        self.news()
        self.gw.last_time = max(int(self.gw.status()["now"]), self.gw.last_time + 1)
        self.gw.sim.deliver(self.gw.number(who), text, time=self.gw.last_time)
        self.gw.settled()
        return self.news()

    def answer(self, agency, kind, **data):
        """An agency's own machine answers over HTTP, signed: (status, what each one got for it)."""
        self.news()
        self.calls += 1
        body = json.dumps({"type": kind, "data": data}).encode()
        h = headers(self.gw.secrets[agency], f"way{self.calls}", self.gw.status()["now"], body)
        status = self.edge.ask("POST", f"/answers/{agency}", body=body, headers=h)[0]
        self.gw.settled()
        return status, self.news()

    def told(self, kind):
        """Who was told of that kind of thing over HTTP, and what."""
        return [(r["path"].strip("/"), r.json()["data"]) for r in self.gw.agency.requests()
                if r.json()["type"] == kind]

    def of_case(self, columns="state"):
        return self.gw.rows(f"SELECT {columns} FROM cases")[0]

    # ---- the way ----

    def test_from_the_street_to_six_months_in_school(self):
        self.reported()
        self.referred()
        self.enrolled()
        self.first_meeting()
        self.second_meeting()
        self.half_a_year()
        self.closed()
        self.nothing_was_told_that_should_not()

    def reported(self):
        self.at("2026-11-30T09:00")  # a Monday
        # whom the text names, and the number in it, never reach the store
        got = self.say("O1", "RAST LYP Z4 M11 LARTE, Arben Hoxha, tel 0691112223")
        self.code = self.gw.rows("SELECT code FROM cases")[0]["code"]
        self.assertEqual(got["C1"], [f"Rast i ri {self.code}. OK 1 = mora"])
        self.assertEqual(len(got["O1"]), 1)
        self.assertIn(self.code, got["O1"][0])
        self.assertEqual(sorted(got), ["C1", "O1"])
        self.assertEqual(self.told("case.new"), [("mun", {
            "alert": 1, "rule": "C2", "case": self.code, "concerns": ["begging"], "age_band": "6-11", "sex": "M",
            "zone": "Z4", "urgent": False, "risk": "high"})])
        self.assertEqual(self.say("C1", "OK 1"), {"C1": ["Sinjal 1: u mor. Faleminderit"]})
        self.assertEqual(self.say("O1", f"vizite {self.code} familja mire"),
                         {"O1": [f"{self.code} u shenua. Hapi tjeter deri 07.12. Faleminderit"]})
        self.assertEqual(self.of_case("state, nrm"), {"state": "assessment", "nrm": "potential"})

    def referred(self):
        code = self.code
        self.assertEqual(self.say("O1", f"refero {code} tdh keshillim"),
                         {"O1": [f"{code}: referim R1 te TDH. Gabim? Shkruaj ANULO"]})
        self.assertEqual(self.told("referral.new"), [("tdh", {
            "referral": "R1", "case": code, "concerns": ["begging"], "age_band": "6-11", "zone": "Z4",
            "service": "psychosocial"})])
        # another agency's machine, and then its own
        self.assertEqual(self.answer("TV", "referral.accept", referral="R1"), (404, {}))
        self.assertEqual(self.answer("TDH", "referral.accept", referral="R1"),
                         (200, {"O1": ["R1 u pranua nga TDH"]}))
        # the second is answered by a word from a phone: taken, and later done
        self.say("O1", f"refero {code} tjeter vizion strehim")
        got = self.say("AG2", "PRANO R2")
        self.assertEqual(got, {"AG2": ["R2: pranimi u shenua. Faleminderit"], "O1": ["R2 u pranua nga TV"]})
        got = self.say("AG2", "KRYER R2")
        self.assertEqual(got, {"AG2": ["R2 u krye. Faleminderit"], "O1": ["R2 u krye nga TV"]})
        self.assertEqual([r["state"] for r in self.gw.rows("SELECT state FROM referrals ORDER BY number")],
                         ["accepted", "completed"])
        self.assertEqual(self.of_case()["state"], "services")

    def enrolled(self):
        code = self.code
        self.assertEqual(self.say("O1", f"REGJISTRUAR {code} SH3 6B 9"),
                         {"O1": [f"{code}: SH3 6B. Ndjekja e mungesave filloi"]})
        self.at("2026-12-01T09:00")
        # the teacher is answered like on any other day, and learns nothing; no alert of absence after one day
        got = self.say("T3", "mungese 6B 9 11")
        number = self.gw.rows("SELECT number FROM alerts WHERE rule = 'A9'")
        self.assertEqual(len(number), 1)
        self.assertEqual(got, {"T3": ["6B 01.12: mungojne nr 9,11. Gabim? Shkruaj ANULO"],
                               "O1": [f"{code} mungoi sot ne shkolle. Pergjigju VIZITE {code} dhe si shkoi"]})
        self.assertEqual(self.told("absence.streak"), [])
        got = self.say("O1", f"vizite {code} u krye, femija ne shkolle")
        self.assertEqual(got["O1"][0], f"{code} u shenua. Hapi tjeter deri 08.12. Faleminderit")
        self.at("2026-12-02T09:00")
        self.assertEqual(self.say("T3", "6B 0"), {"T3": ["6B 02.12: te gjithe prezent. Faleminderit"]})
        # tasks for the meeting of 15.12.
        got = self.say("C1", f"DETYRE {code} TDH vizite deri 14.12")
        self.assertEqual(got, {"C1": [f"Detyre T1 per TDH: {code} deri 14.12"],
                               "AG1": [f"Detyre T1: vizite {code} deri 14.12. KRYER T1 / SHTY T1 data"]})
        self.say("C1", f"DETYRE {code} SSS dokumente")
        self.assertEqual(self.told("task.new"), [
            ("tdh", {"task": "T1", "case": code, "due": "2026-12-14", "service": "visit"}),
            ("sss", {"task": "T2", "case": code, "due": "2026-12-15", "service": "documents"})])

    def first_meeting(self):
        code = self.code
        got = self.days_pass("2026-12-02T12:00", "2026-12-08T20:00", "2026-12-09T09:00")
        self.assertEqual([t for t in got["AG1"] if "Takimi" in t], [f"Takimi me 15.12. Detyrat e tua: T1 {code} 14.12"])
        self.assertEqual([t for t in got["S1"] if "Takimi" in t], [f"Takimi me 15.12. Detyrat e tua: T2 {code} 15.12"])
        # the visit of the 8th was forgotten: the worker hears that day, nobody else yet
        self.assertEqual([t for t in got["O1"] if "vizita" in t],
                         [f"{code}: vizita ka kaluar afatin. VIZITE {code} dhe si shkoi"])
        self.assertEqual([t for t in got.get("C1", []) if code in t], [])
        self.say("O1", f"vizite {code} mire")
        self.assertEqual(self.say("AG1", "KRYER T1"), {"AG1": ["T1 u krye. Faleminderit"]})
        got = self.at("2026-12-14T09:00")   # the day before: who is done with his is not reminded
        self.assertEqual([t for t in got.get("S1", []) if "Takimi" in t or "Detyra" in t],
                         [f"Takimi me 15.12. Detyrat e tua: T2 {code} 15.12"])
        self.assertEqual([t for t in got.get("AG1", []) if "Takimi" in t or "Detyra" in t], [])
        agenda = self.gw.command("agenda", json_out=True)
        self.assertEqual([(t["task"], t["agency"], t["state"]) for t in agenda["tasks"]],
                         [("T1", "TDH", "done"), ("T2", "SSS", "open")])
        self.assertEqual([h["case"] for h in agenda["high_risk"]], [code])
        self.assertEqual(agenda["referrals"], [])
        self.at("2026-12-15T13:00")
        path = os.path.join(self.gw.dir, "minutes.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"# takimi i 15.12.\n{code} TDH vizite deri 20.1\n")
        p = self.gw.command("agenda", "minutes", path)
        self.assertEqual(p.stdout, "1 tasks set, 0 moved, 0 stood already, 1 carried to the next meeting\n")
        self.gw.settled()
        self.assertEqual(self.news()["AG1"], [f"Detyre T3: vizite {code} deri 20.01. KRYER T3 / SHTY T3 data"])

    def second_meeting(self):
        code = self.code
        self.at("2026-12-15T14:00")
        self.say("O1", f"vizite {code} mire")
        # over the holidays nobody goes there: three days after the day the coordinator hears
        got = self.days_pass("2026-12-22T08:00", "2026-12-25T18:00", "2026-12-26T09:00")
        self.assertEqual([t for t in got["O1"] if "vizita" in t],
                         [f"{code}: vizita ka kaluar afatin. VIZITE {code} dhe si shkoi"])
        late = [t for t in got["C1"] if "ka kaluar afatin" in t]
        self.assertEqual(len(late), 1, got)
        got = self.say("O1", f"vizite {code} mire, u krye")
        self.assertEqual(got["O1"][0], f"{code} u shenua. Hapi tjeter deri 02.01. Faleminderit")
        self.assertRegex(got["C1"][0], rf"^{code}: hapi u krye\. Sinjal \d+ u mbyll$")
        self.at("2027-01-02T09:00")
        self.say("O1", f"vizite {code} mire")
        self.say("O1", f"PROGRES {code} 4")
        self.at("2027-01-09T09:00")
        self.say("O1", f"vizite {code} mire")
        self.assertEqual(self.say("O1", f"PROGRES {code} 3"), {"O1": [f"{code}: progresi u shenua"]})
        self.at("2027-01-15T09:00")
        got = self.say("O1", f"PROGRES {code} 2 familja pa te ardhura")
        fall = self.gw.rows("SELECT number FROM alerts WHERE rule = 'C9'")[0]["number"]
        self.assertIn(f"{code}: progresi ra dy here rresht. OK {fall} = mora", got["C1"])
        self.assertIn(f"{code}: progresi u shenua. Mbeshtetja e familjes pret koordinatorin", got["O1"])
        ask = next(t for t in got["C1"] if "te ndihmohet familja" in t)
        number = re.search(r"PO (\d+)", ask).group(1)
        self.say("C1", f"PIN {PIN} PO {number}")
        self.assertIn(("EMPLOY", "parent_job"), [(r["agency"], r["service"]) for r in
                                                 self.gw.rows("SELECT agency, service FROM referrals")])
        self.say("O1", f"vizite {code} mire")
        self.say("AG1", "KRYER T3")
        self.at("2027-02-14T09:00")
        agenda = self.gw.command("agenda", json_out=True)
        self.assertEqual(agenda["meeting"]["day"], "2027-02-15")
        self.assertEqual([(t["task"], t["state"], t["carries"]) for t in agenda["tasks"]],
                         [("T2", "carried", 1), ("T3", "done", 0)])
        self.assertEqual([f["case"] for f in agenda["progress_falls"]], [code])
        self.assertEqual([(r["referral"], r["agency"]) for r in agenda["referrals"]],
                         [(r, a) for r, a in (("R3", "EMPLOY"), ("R4", "MUN"))][:len(agenda["referrals"])])
        self.at("2027-02-15T13:00")
        path = os.path.join(self.gw.dir, "minutes2.txt")
        with open(path, "w", encoding="utf-8") as f:
            f.write("# takimi i 15.2.\nT2 kryer\n")
        p = self.gw.command("agenda", "minutes", path)
        self.assertEqual(p.stdout, "0 tasks set, 1 moved, 0 stood already, 0 carried to the next meeting\n")
        out = self.gw.command("agenda", "outcome", "--meeting", "2026-12-15", json_out=True)
        self.assertEqual([(r["agency"], r["set"], r["done"]) for r in out["agencies"]], [("TDH", 1, 1)])

    def half_a_year(self):
        code = self.code
        self.say("O1", f"vizite {code} mire")
        self.assertEqual(self.say("O1", f"RREZIK {code} ULET"),
                         {"O1": [f"{code}: ulja e rrezikut pret miratimin e koordinatorit"],
                          "C1": [f"Ulje e rrezikut {code}? PO {self.newest('confirmations')} ose JO "
                                 f"{self.newest('confirmations')}"]})
        self.say("C1", f"PIN {PIN} PO {self.newest('confirmations')}")
        self.assertEqual(self.of_case("risk")["risk"], "low")
        for month in (3, 4, 5):
            self.at(f"2027-{month:02}-16T09:00")
            got = self.say("O1", f"vizite {code} mire, femija ne shkolle")
            self.assertIn(f"{code} u shenua", got["O1"][0])
            self.say("O1", f"PROGRES {code} {month}")
            self.say("C1", "TAKIM")     # a number that is silent for long is asked who it is
        self.at("2027-06-01T09:00")

    def newest(self, table):
        return self.gw.rows(f"SELECT max(number) AS n FROM {table}")[0]["n"]

    def closed(self):
        code = self.code
        got = self.say("O1", f"MBYLL {code} I RIINTEGRUAR")
        self.assertEqual(got["O1"], [f"{code}: mbyllja pret miratimin e koordinatorit"])
        number = re.match(rf"Mbyllje {code}\? PO (\d+) ose JO \1$", got["C1"][0]).group(1)
        self.assertEqual(self.of_case()["state"], "services")
        # nobody approves his own
        got = self.say("C1", f"PIN {PIN} PO {number}")
        self.assertEqual(got, {"C1": ["U konfirmua. Faleminderit"], "O1": [f"{code} u mbyll"]})
        self.assertEqual(self.of_case()["state"], "closed")
        self.assertEqual(self.told("case.closed"), [("mun", {"case": code, "reason": "reintegrated"})])
        self.assertEqual({r["state"] for r in self.gw.rows("SELECT state FROM referrals")} &
                         {"sent", "queued", "created"}, set())
        # the school's days go on, and are nobody's business any more
        got = self.say("T3", "mungese 6B 9")
        self.assertEqual(list(got), ["T3"])
        sheet = self.gw.command("report", "cases", "--quarter", "2027Q2", "--csv").stdout
        self.assertNotIn(code, sheet)
        seen = self.gw.command("audit", code).stdout
        for verb in ("case.open", "refer", "referral", "case.enrol", "case.followup", "case.progress", "task.set",
                     "agenda.read", "case.close"):
            self.assertIn(verb, seen)
        self.assertIn("the audit verifies", self.gw.command("audit", "--verify").stdout)

    def nothing_was_told_that_should_not(self):
        self.gw.check_signatures()
        agencies = {r["path"] for r in self.gw.agency.requests()}
        self.assertLessEqual(agencies, {"/mun", "/tdh", "/tv", "/sss"})
        self.assertEqual([t for t in self.gw.sent_to("T3") if self.code in t], [])
        outbound = " ".join(m["text"] for m in self.gw.sim.sent())
        outbound += " ".join(r.bytes().decode() for r in self.gw.agency.requests())
        for word in NEVER:
            self.assertNotIn(word.lower(), outbound.lower())
        self.gw.stop_hub()
        for name in os.listdir(self.gw.dir):
            path = os.path.join(self.gw.dir, name)
            if os.path.isfile(path) and name != "roster.csv":
                with open(path, "rb") as f:
                    held = f.read().lower()
                for word in NEVER:
                    self.assertNotIn(word.lower().encode(), held, name)


if __name__ == "__main__":
    unittest.main()
