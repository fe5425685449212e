"""Four school weeks and some days through the real gateway at a scaled clock: every alert of attendance
that must go out, by phone and to the offices, and none that must not.

Texts arrive early in the morning of their day by the gateway's clock.  What is expected is written down
beside the texts; at the end it is compared with the alerts, the texts on the phones and the deliveries.
"""
import collections
import datetime
import re
import time
import unittest
from zoneinfo import ZoneInfo

from gateway import Gateway, no_guards, verify
from simmodem import in_time, wait_for

ZONE = ZoneInfo("Europe/Tirane")
SCALE = 60000            # a day in 1.4 seconds
FIRST = datetime.date(2026, 11, 9)
DAYS = 20                # school days; the last is Friday 4 December


def term():
    """Per school day, counted from 1, what is sent: (who, text)."""
    plan = collections.defaultdict(list)
    for d in range(1, DAYS + 1):
        a = "12" if d <= 11 else "0"
        a = {5: "12 pa arsye 17 me arsye", 20: "17 me arsye"}.get(d, a)
        b = {6: "3", 7: "3 8", 8: "3 8 20", 9: "3 8 20"}.get(d, "0")
        silent = d == 3 or 13 <= d <= 17
        six = "" if silent else "; 6A 0"
        plan[d].append(("T1", f"mungese 5A {a}; 5B {b}{six}; 9B 0"))
        plan[d].append(("T2", f"mungese 5/1 {'4' if d == 14 else '0'}; 5/2 0; 9/1 0"))  # one day is no sign
        plan[d].append(("T3", f"mungese 1A 0; 6B {'9' if d == 4 else '0'}"))
    return plan


@in_time("a clock whose day lasts 1.4 s")
class Term(unittest.TestCase):
    def setUp(self):
        self.gw = Gateway(edit=no_guards)

    def tearDown(self):
        self.gw.close()

    def now(self):
        return datetime.datetime.fromtimestamp(self.gw.status()["now"], ZONE)

    def send(self, who, text):
        at = int(self.gw.status()["now"])
        self.last = max(at, getattr(self, "last", 0) + 1)
        self.gw.sim.deliver(self.gw.number(who), text, time=self.last, zone=3600)

    def wait_for_day(self, day):
        start = datetime.datetime.combine(day, datetime.time(0, 10), ZONE)
        while self.now() < start:
            time.sleep(0.005)
        self.assertEqual(self.now().date(), day, "the clock ran ahead of the test")

    def play(self):
        plan, day = term(), FIRST
        nudged = False
        for d in range(1, DAYS + 1):
            self.wait_for_day(day)
            for who, text in plan[d]:
                self.send(who, text)
            if d == 3:
                nudge = wait_for(lambda: [m for m in self.gw.sent_to("T1") if m.startswith("6A: s'kemi")], 20,
                                 "the nudge for 6A")
                self.assertEqual(nudge, ["6A: s'kemi raport sot. Pergjigju 0 ose numrat"])
                self.send("T1", "12 17")
                nudged = True
            if d == 18:
                self.send("T1", "BRAKTISI 9B 7")
            day += datetime.timedelta(days=3 if day.weekday() == 4 else 1)
        self.assertTrue(nudged)
        self.wait_for_day(day - datetime.timedelta(days=2))
        self.gw.settled()

    def alerts(self):
        rows = self.gw.rows("SELECT rule, subject, state, span FROM alerts WHERE rule LIKE 'A%'")
        return collections.Counter((r["rule"], r["subject"], r["state"]) for r in rows), rows

    def test_a_term(self):
        gw = self.gw
        gw.init().run("--start-at", "2026-11-08T20:00", "--time-scale", SCALE)
        # a teacher's word opens a case of pupil 9; nobody leads it, so that the coordinators do
        self.send("T3", "RAST LYP 6B 9")
        wait_for(lambda: gw.count("cases"), 20, "a case")
        code = gw.rows("SELECT code FROM cases")[0]["code"]
        self.play()
        got, rows = self.alerts()
        self.check_alerts(got, rows, code)
        self.check_days()
        self.check_phones(code)
        self.check_offices()
        gw.check_signatures()

    def check_days(self):
        """The bare answer to the nudge is that class's, and days of silence are no days present."""
        days = self.gw.rows("SELECT d.day, group_concat(a.pupil) AS away FROM class_days d LEFT JOIN absences a ON "
                            "a.class_day = d.first AND a.state = 'stands' WHERE d.class_name = '6A' AND "
                            "d.state = 'stands' GROUP BY d.day ORDER BY d.day")
        self.assertEqual(len(days), DAYS - 5)
        self.assertEqual([r["day"] for r in days if r["away"]], ["2026-11-11"])
        self.assertEqual(self.gw.rows("SELECT listed FROM class_years WHERE class_name = '6A'")[0]["listed"], DAYS - 5)

    def check_alerts(self, got, rows, code):
        want = collections.Counter({
            ("A1", "SH1 5A 12", "done"): 1,       # third day; over when he was there again
            ("A2", "SH1 5A 12", "done"): 2,       # fifth and tenth
            ("A3", "SH1 5A 12", "open"): 1,       # ten days: only KTHYE ends that
            ("A4S", "SH1 5A 12", "open"): 1,      # 11 of 20
            ("A4", "SH1 5A 17", "open"): 1,       # 2 of 20, excused: exactly ten per cent
            ("A1", "SH1 5B 3", "done"): 1,
            ("A1", "SH1 5B 8", "done"): 1,
            ("A6", "SH1 5B", "open"): 1,
            ("A9", code, "open"): 1,
            ("A8H", "SH1 6A", "done"): 1,
            ("A8M", "SH1 6A", "done"): 1,
            ("A5L", "SH1 9B 7", "open"): 1,
            ("A8H", "SH3 4B", "open"): 1,         # no teacher: silent all the time
            ("A8M", "SH3 4B", "open"): 1,
            ("A4H", "SH1 5B 3", "open"): 1,       # 4 of 20
            ("A4", "SH1 5B 8", "open"): 1,        # 3 of 20
            ("A4", "SH1 5B 20", "open"): 1,       # 2 of 20
        })
        self.assertEqual(+got, +want, "\n" + "\n".join(f"{r['rule']} {r['subject']} {r['span']} {r['state']}"
                                                      for r in rows))

    def check_phones(self, code):
        to = {who: collections.Counter(re.sub(r"\b(Sinjal|OK) \d+", r"\1 N", t) for t in self.gw.sent_to(who))
              for who in ("H1", "C1", "T1", "T2", "T3")}
        self.assertEqual(to["H1"], collections.Counter({
            "5A nr 12: 3 dite pa ardhur. Kontakto familjen? Pergjigju KTHYE 5A 12 ose ARSYE 5A 12": 1,
            "5B nr 3: 3 dite pa ardhur. Kontakto familjen? Pergjigju KTHYE 5B 3 ose ARSYE 5B 3": 1,
            "5B nr 8: 3 dite pa ardhur. Kontakto familjen? Pergjigju KTHYE 5B 8 ose ARSYE 5B 8": 1,
            "5A nr 12 u kthye. Sinjal N u mbyll": 1,
            "5B nr 3 u kthye. Sinjal N u mbyll": 1,
            "5B nr 8 u kthye. Sinjal N u mbyll": 1,
            "6A: 2 dite pa raport. Ju lutem kujtoji mesuesit": 1,
            "SH1 6A: raporti erdhi. Sinjal N u mbyll": 1,
        }))
        c1 = to["C1"]
        for text, n in {
            "Sinjal N: SH1 5A nr 12, 5 dite pa arsye. OK N = mora": 1,
            "Sinjal N: SH1 5A nr 12, 10 dite pa arsye. OK N = mora": 1,
            "Sinjal N: SH1 5A nr 12, mungon 50% e diteve ose me shume. OK N = mora": 1,
            "Sinjal N: SH1 5A nr 17, mungon 10% e diteve ose me shume. OK N = mora": 1,
            "Sinjal N: SH1 5B, 3 nxenes nisen te mungojne brenda pak diteve. OK N = mora": 1,
            "Sinjal N: SH1 6A, 5 dite pa raport. OK N = mora": 1,
            "Sinjal N: SH1 9B nr 7, larguar. OK N = mora": 1,
            f"{code} mungoi sot ne shkolle. Pergjigju VIZITE {code} dhe si shkoi": 1,
            "Sinjal N: u njoftua EDU, 10 dite mungese": 1,
        }.items():
            self.assertEqual(c1[text], n, f"{text}\n{c1}")
        # a nudge for each day of silence and no more; to the others none at all
        self.assertEqual(to["T1"]["6A: s'kemi raport sot. Pergjigju 0 ose numrat"], 6)
        for who in ("T1", "T2", "T3"):
            for text in to[who]:
                self.assertNotIn(code, text)
        self.assertFalse([t for who in ("T2", "T3") for t in to[who] if "s'kemi raport" in t])

    def check_offices(self):
        got = collections.Counter()
        for r in self.gw.agency.requests():
            verify(r, self.gw.secrets[r["path"].strip("/").split("/")[0].upper()])
            body = r.json()
            data = body["data"]
            got[(r["path"].strip("/"), body["type"], data.get("rule", ""), data.get("class", ""),
                 data.get("register_no", 0))] += 1
        sent = {k: n for k, n in got.items() if not k[1].startswith(("case.", "alert.withdrawn"))}
        both = [("A4S", "5A", 12), ("A4", "5A", 17), ("A4H", "5B", 3), ("A4", "5B", 8), ("A4", "5B", 20)]
        want = {(to, "absence.rate", *what): 1 for to in ("edu", "mun") for what in both}
        want |= {(to, "absence.streak", "A3", "5A", 12): 1 for to in ("edu", "mun")}
        want |= {(to, "absence.left", "A5L", "9B", 7): 1 for to in ("edu", "mun")}
        want[("mun", "absence.cluster", "A6", "5B", 0)] = 1
        want[("mun", "school.silent", "A8M", "6A", 0)] = 1
        want[("mun", "school.silent", "A8M", "4B", 0)] = 1
        self.assertEqual(sent, want)
