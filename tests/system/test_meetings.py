"""Two meetings and what lies between them, with the real binaries and a clock that runs fast: tasks set by
SMS, reminded, done, put off, carried, escalated; the agenda in every form; minutes applied once."""
import csv
import io
import os
import shutil
import sqlite3
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for


class Meetings(unittest.TestCase):
    def setUp(self):
        self.gw = Gateway(edit=no_guards).init()

    def tearDown(self):
        self.gw.close()

    def run_from(self, start, scale=1):
        self.gw.run("--start-at", start, "--time-scale", scale)

    def stop(self):
        self.assertEqual(self.gw.stop_hub(), 0, self.gw.log()[-2000:])

    def say(self, who, text):
        """A text, and all that went out after it."""
        before = len(self.gw.sim.sent())
        self.gw.text(who, text, time=int(self.gw.status()["now"]))
        self.gw.settled()
        return {m["to"]: m["text"] for m in self.gw.sim.sent()[before:]}

    def to(self, sent, who):
        return sent.get(self.gw.number(who))

    def open_case(self):
        self.say("O1", "RAST LYP Z4 M11")
        code = self.gw.rows("SELECT code FROM cases ORDER BY id DESC LIMIT 1")[0]["code"]
        self.say("C1", "OK 1")
        return code

    def until(self, iso):
        """The fast clock passes a time; everything that fell due has left."""
        wait_for(lambda: self.gw.status()["time"] >= iso, 120, f"the clock at {iso}")
        self.gw.settled(60)

    def test_two_meetings(self):
        gw = self.gw
        self.run_from("2026-12-02T09:00")
        code = self.open_case()
        sent = self.say("C1", f"DETYRE {code} TDH vizite deri 4.12")
        self.assertEqual(self.to(sent, "AG1"), f"Detyre T1: vizite {code} deri 04.12. KRYER T1 / SHTY T1 data")
        self.assertEqual(self.to(sent, "C1"), f"Detyre T1 per TDH: {code} deri 04.12")
        gw.agency.wait(1)
        told = [r for r in gw.agency.requests() if r.json()["type"] == "task.new"]
        self.assertEqual([r["path"] for r in told], ["/tdh"])
        self.say("C1", f"DETYRE {code} TV dokumente")
        self.say("C1", f"DETYRE {code} SSS vizite")
        self.assertEqual(self.to(self.say("AG2", "TAKIM"), "AG2"),
                         "Takimi i grupit: 15.12 ora 10:00. Pergjigju VIJ ose NUK VIJ")
        self.say("AG2", "VIJ")
        self.assertEqual(self.to(self.say("S1", "KRYER T1"), "S1"), "Cila detyre? P.sh. KRYER T12")
        self.stop()

        # The clock runs to the week before the meeting: overdue, then the first reminder; a restart between
        # repeats nothing.
        self.run_from("2026-12-04T12:00", 40000)
        self.until("2026-12-05T12:00")
        self.stop()
        late = [t for t in gw.sent_to("AG1") if "ka kaluar afatin" in t]
        self.assertEqual(late, ["T1 ka kaluar afatin me 1 dite. KRYER T1 / SHTY T1 data"])
        self.run_from("2026-12-07T12:00", 40000)
        self.until("2026-12-09T00:00")
        self.stop()
        self.run_from("2026-12-09T06:00", 40000)
        self.until("2026-12-12T00:00")
        self.stop()
        for who, task in (("AG1", "T1"), ("AG2", "T2"), ("S1", "T3")):
            reminded = [t for t in gw.sent_to(who) if t.startswith("Takimi me 15.12.")]
            self.assertEqual(len(reminded), 1, (who, gw.sent_to(who)))
            self.assertIn(task, reminded[0])
        self.run_from("2026-12-13T12:00", 1)
        self.say("AG2", "KRYER T2")
        self.say("AG1", "SHTY T1 15.12")
        self.agenda(code)
        self.stop()

        # The meeting and its minutes; T3 is not spoken of, and carried.
        self.run_from("2026-12-15T14:00")
        self.minutes(code)
        self.stop()

        # Two more meetings without minutes: the third time the coordinator hears of it.
        self.run_from("2027-02-18T09:00", 3600)
        self.until("2027-02-18T12:00")
        self.stop()
        self.assertEqual(gw.rows("SELECT carries, state FROM tasks WHERE number = 3")[0],
                         {"carries": 2, "state": "carried"})
        self.assertEqual([t for t in gw.sent_to("C1") if "u shty 3 here" in t], [])
        self.run_from("2027-04-18T09:00", 3600)
        self.until("2027-04-18T12:00")
        self.outcome()
        self.stop()
        carried = [t for t in gw.sent_to("C1") if "detyra T3 u shty 3 here" in t]
        self.assertGreaterEqual(len(carried), 1, gw.sent_to("C1"))
        self.audit(code)

    def agenda(self, code):
        gw = self.gw
        text = gw.command("agenda").stdout
        self.assertIn("takimi i 15.12.2026, ora 10:00", text)
        self.assertRegex(text, rf"T1 +{code} +TDH +vizite +15\.12\.2026 +e shtyre +1")
        self.assertRegex(text, rf"T2 +{code} +TV .*u krye")
        rows = list(csv.reader(io.StringIO(gw.command("agenda", "--csv").stdout, newline="")))
        tasks = [r for r in rows if r[0] == "tasks"]
        self.assertEqual([r[1] for r in tasks], ["T1", "T2", "T3"])
        self.assertIn(["attendance", "TV", "1", "0", "0"], rows)
        data = gw.command("agenda", json_out=True)
        self.assertEqual([t["state"] for t in data["tasks"]], ["deferred", "done", "open"])
        self.assertEqual(data["trend"][0]["cases"], "<5")
        page = os.path.join(gw.dir, "agenda.html")
        gw.command("agenda", "--meeting", "2026-12-15", "--html", page)
        self.assertEqual(os.stat(page).st_mode & 0o777, 0o600)
        with open(page, encoding="utf-8") as f:
            html = f.read()
        self.assertIn(code, html)
        self.assertNotRegex(html, r"(?:src|href)=|https?://|\+355")
        self.assertIn("&lt;5", html)
        if shutil.which("weasyprint") or shutil.which("chromium"):
            pdf = os.path.join(gw.dir, "agenda.pdf")
            gw.command("agenda", "--pdf", pdf)
            with open(pdf, "rb") as f:
                self.assertEqual(f.read(5), b"%PDF-")
        else:
            p = gw.command("agenda", "--pdf", os.path.join(gw.dir, "x.pdf"), check=False)
            self.assertEqual(p.returncode, 69)
            self.assertIn("apt-get install", p.stderr)

    def minutes(self, code):
        gw = self.gw
        path = os.path.join(gw.dir, "minutes.txt")

        def write(words):
            with open(path, "w", encoding="utf-8") as f:
                f.write(words)
            return gw.command("agenda", "minutes", path, check=False)

        p = write(f"# takimi\n{code} TDH vizite deri 10.1\nT1 kryer\nT99 kryer\nhello\n")
        self.assertEqual(p.returncode, 65)
        self.assertIn(f"{path}:4: no task T99\n{path}:5: begins with neither", p.stderr)
        self.assertIn("nothing was applied", p.stderr)
        self.assertEqual(gw.count("tasks"), 3)
        before = len(gw.sent_to("AG1"))
        p = write(f"# takimi\n{code} TDH vizite deri 10.1\nT1 kryer\n")
        self.assertEqual((p.returncode, p.stdout),
                         (0, "1 tasks set, 1 moved, 0 stood already, 1 carried to the next meeting\n"))
        gw.settled()
        self.assertEqual(gw.sent_to("AG1")[before:], [f"Detyre T4: vizite {code} deri 10.01. KRYER T4 / SHTY T4 data"])
        p = gw.command("agenda", "minutes", path)
        self.assertEqual(p.stdout, "0 tasks set, 0 moved, 2 stood already, 0 carried to the next meeting\n")
        gw.settled()
        self.assertEqual(len(gw.sent_to("AG1")), before + 1)
        self.assertEqual(gw.rows("SELECT state, due FROM tasks WHERE number = 3")[0],
                         {"state": "carried", "due": "2027-02-15"})

    def outcome(self):
        gw = self.gw
        out = gw.command("agenda", "outcome", "--meeting", "2026-12-15", json_out=True)
        self.assertEqual([(r["agency"], r["set"]) for r in out["agencies"]], [("TDH", 1)])
        self.assertIn("CFARE DOLI nga takimi i 15.12.2026", gw.command("agenda", "outcome", "--meeting", "2026-12-15").stdout)

    def audit(self, code):
        """With the hub down: on the store itself."""
        gw = self.gw
        table = gw.command("audit", code).stdout
        for words in ("case.open", "task.set", "task.done", "agenda.read", "audit.read"):
            self.assertIn(words, table)
        self.assertNotRegex(table, r"\+3556\d{8}")
        self.assertIn("the audit verifies", gw.command("audit", "--verify").stdout)
        self.assertIn("public key", gw.command("audit", "checkpoint").stdout)
        self.assertIn("the audit verifies", gw.command("audit", "--verify").stdout)
        with sqlite3.connect(os.path.join(gw.dir, "kujdestar.db")) as db:
            row = db.execute("SELECT id FROM audit WHERE verb = 'task.done' LIMIT 1").fetchone()[0]
            trigger = db.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_kept_u'").fetchone()[0]
            db.execute("DROP TRIGGER audit_kept_u")
            db.execute("UPDATE audit SET who = 'C1' WHERE id = ?", (row,))
            db.execute(trigger)
        p = gw.command("audit", "--verify", check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn(f"row {row} was altered", p.stderr)
        self.assertIn("task.done", p.stderr)

    def test_meetings_from_a_file(self):
        gw = self.gw
        path = os.path.join(gw.dir, "meetings.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write("day,time,place\n2099-02-10,10:00,SALLA1\n2099-13-01,10:00,\n2099-04-10,25:00,\n")
        p = gw.command("agenda", "import", path, check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn(f"{path}:3: ", p.stderr)
        self.assertIn(f"{path}:4: ", p.stderr)
        self.assertIn("nothing was imported", p.stderr)
        with open(path, "w", encoding="utf-8") as f:
            f.write("day,time,place\n2099-02-10,10:00,SALLA1\n2099-04-10,10:00,\n")
        gw.command("agenda", "import", path)
        days = [m["day"] for m in gw.command("agenda", "meetings", json_out=True)["meetings"] if m["state"] == "planned"]
        self.assertEqual(days[:2], ["2099-04-10", "2099-02-10"])
        self.assertEqual(gw.command("agenda", "--set", "nonsense", check=False).returncode, 64)


if __name__ == "__main__":
    unittest.main()
