"""Backups and what ends, as an operator does it: a disk dies and everything comes back from a backup, a copy of the
keyring and the recovery key; a case is erased by two persons, and an older backup does not bring it back.

KILLS sets how often a backup is killed (12); the seed is printed and taken from SEED.
"""
import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
PIN, SECOND = "482913", "917304"
WORDS = b"semaforit"


def read(file):
    with open(file, "rb") as f:
        return f.read()


class Backup(unittest.TestCase):
    def start(self, gw):
        """A gateway with a recovery key, whose secret half is kept elsewhere."""
        self.out, self.copies, self.secret = (os.path.join(gw.dir, name) for name in ("out", "copies", "recovery.secret"))
        gw.keep_backups()
        return gw.init().run()

    def copy(self):
        return max(glob.glob(os.path.join(self.copies, "*.copy")))

    def case(self, gw):
        gw.text("O1", "RAST LYP Z4 M11 prane semaforit")
        gw.settled()
        return gw.rows("SELECT code FROM cases ORDER BY id LIMIT 1")[0]["code"]

    def notes(self, gw, code):
        history = gw.command("case", "show", code, json_out=True)["case"]["history"]
        return " ".join(e["note"] or "" for e in history)

    def lose_disk(self, gw):
        """Store, keyring and master key."""
        for name in os.listdir(gw.dir):
            if name.startswith(("kujdestar.db", "keyring.db", "master.key")):
                os.unlink(os.path.join(gw.dir, name))

    def test_a_dead_disk(self):
        with Gateway() as gw:
            self.start(gw)
            code = self.case(gw)
            gw.text("T1", "MUNGESE 5A 12 17")
            gw.settled()
            said = gw.command("backup").stdout
            self.assertIn("found whole", said)
            backup = gw.newest_backup()
            for secret in (WORDS, b"SQLite", b"begging", gw.number("O1").encode()):
                self.assertNotIn(secret, read(backup))
            self.assertNotIn(b"SQLite", read(self.copy()))
            self.assertEqual(os.stat(backup).st_mode & 0o777, 0o600)
            self.assertEqual(gw.command("restore", backup, check=False).returncode, 73)  # a store is there
            gw.hub.send_signal(signal.SIGKILL)
            gw.hub.wait()
            self.lose_disk(gw)
            refused = gw.command("restore", backup, check=False)
            self.assertEqual(refused.returncode, 77)
            self.assertIn("key recover", refused.stderr)
            gw.command("key", "recover", self.copy(), "--with", self.secret)
            back = gw.command("restore", backup, json_out=True)
            self.assertEqual((back["cases"], back["erased"]), (1, 0))
            gw.run()
            self.assertIn("semaforit", self.notes(gw, code))
            self.assertEqual(gw.count("absences", "state = 'stands'"), 2)
            gw.command("audit", "--verify")
            # A number that was given after the backup would be given twice: it is passed over.
            gw.text("O1", "RAST PUN Z2 F12")
            gw.settled()
            self.assertGreater(gw.rows("SELECT max(id) AS id FROM cases")[0]["id"], 100)
            self.assertFalse(glob.glob(os.path.join(gw.dir, "*.restoring*")) + glob.glob(os.path.join(gw.dir, "*.proving*")))

    def test_erased_by_two_persons(self):
        with Gateway() as gw:
            self.start(gw)
            code = self.case(gw)
            gw.command("backup")
            before = gw.newest_backup()
            for who in ("C1", "D1"):
                gw.secret("pin", who, PIN, SECOND if who == "C1" else "")
            erase = lambda who="C1", pin=PIN, **how: gw.command("case", "erase", code, "--as", who, typed=f"{pin}\n", **how)
            self.assertIn("close it first", erase(check=False).stderr)
            gw.text("O1", f"MBYLL {code} I RIINTEGRUAR")
            gw.settled()
            number = gw.rows("SELECT number FROM confirmations WHERE state = 'waiting'")[0]["number"]
            gw.text("C1", f"PO {number} PIN {PIN}")
            gw.settled()
            wait_for(lambda: gw.count("cases", "state = 'closed'"), 20, "closed")
            gw.command("case", "hold", code, "prokuroria 12/2026")
            self.assertIn("legal hold", erase(check=False).stderr)
            self.assertIn("prokuroria", gw.command("case", "holds").stdout)
            gw.command("case", "release", code)
            self.assertEqual(erase("O1", check=False).returncode, 65)
            self.assertIn("not his", erase(pin="604817", check=False).stderr)   # at the shell, in his name
            self.assertEqual(gw.command("case", "erase", code, "--as", "C1", check=False).returncode, 65)
            nothing = erase(pin=SECOND, json_out=True)["number"]                # forced to: the ordinary answer
            gw.settled()
            gw.text("D1", f"PO {nothing} PIN {PIN}")
            gw.settled()
            self.assertEqual(gw.count("cases", "erased IS NULL"), 1)
            self.assertEqual(gw.count("confirmations", "kind = 'erase'"), 0)
            number = erase(json_out=True)["number"]
            gw.settled()
            gw.text("C1", f"PO {number} PIN {PIN}")  # the same person
            gw.settled()
            self.assertEqual(gw.count("cases", "erased IS NULL"), 1)
            gw.text("D1", f"PO {number}")  # whoever holds his telephone
            gw.settled()
            self.assertEqual(gw.count("cases", "erased IS NULL"), 1)
            gw.text("D1", f"PO {number} PIN {PIN}")
            gw.settled()
            wait_for(lambda: gw.count("cases", "erased IS NOT NULL"), 20, "erased")
            gw.settled()
            self.assertEqual(gw.command("case", "show", code, check=False).returncode, 65)
            self.assertEqual(gw.count("case_events"), 0)
            wait_for(lambda: gw.count("meta", "name = 'compacted'"), 20, "the file is written anew")
            trail = gw.command("audit", code).stdout
            self.assertIn("erased, asked by C1", trail)
            gw.command("audit", "--verify")
            for name in ("kujdestar.db", "kujdestar.db-wal"):
                data = read(os.path.join(gw.dir, name))
                self.assertNotIn(b"begging", data)
                self.assertNotIn(b"prokuroria", data)
            # The old backup is put back by the keyring of today: the case does not come with it.
            self.assertEqual(gw.stop_hub(), 0)
            for name in glob.glob(os.path.join(gw.dir, "kujdestar.db*")):
                os.unlink(name)
            back = gw.command("restore", before, json_out=True)
            self.assertEqual(back["erased"], 1)
            self.assertEqual(gw.command("case", "show", code, check=False).returncode, 65)
            self.assertEqual(gw.count("case_events"), 0)

    def test_old_backups_expire(self):
        """After backup.keep_days (30) a backup goes, and a copy of it kept elsewhere opens no more."""
        def days_later(n):
            self.assertEqual(gw.stop_hub(), 0)
            gw.run("--start-at", time.strftime("%Y-%m-%dT%H:%M", time.localtime(begun + n * 86400)), "--time-scale", 1)

        with Gateway() as gw:
            self.start(gw)
            begun = time.time()
            self.case(gw)
            gw.command("backup")
            first = gw.newest_backup()
            kept = shutil.copy(first, os.path.join(gw.dir, "kept.backup"))
            days_later(29)
            gw.command("backup")
            self.assertTrue(os.path.exists(first))
            days_later(32)
            gw.command("backup")
            self.assertFalse(os.path.exists(first))
            second = gw.newest_backup()
            destroyed = os.path.join(gw.dir, "keyring.db")
            def spent():
                with sqlite3.connect(f"file:{destroyed}?mode=ro", uri=True) as db:
                    return db.execute("SELECT count(*) FROM keys WHERE kind = 'backup' AND destroyed IS NOT NULL").fetchone()[0]
            wait_for(spent, 20, "the first backup's key is destroyed")
            self.assertEqual(gw.stop_hub(), 0)
            for name in glob.glob(os.path.join(gw.dir, "kujdestar.db*")):
                os.unlink(name)
            self.assertEqual(gw.command("restore", kept, check=False).returncode, 77)
            self.assertFalse(glob.glob(os.path.join(gw.dir, "kujdestar.db*")))
            self.assertEqual(gw.command("restore", second, json_out=True)["cases"], 1)

    def test_damaged_or_foreign(self):
        with Gateway() as gw:
            self.start(gw)
            self.case(gw)
            gw.command("backup")
            whole = read(gw.newest_backup())
            self.assertEqual(gw.stop_hub(), 0)
            for name in glob.glob(os.path.join(gw.dir, "kujdestar.db*")):
                os.unlink(name)
            bad = os.path.join(gw.dir, "bad.backup")
            for octets in (whole[:-1], whole + b"x", whole[:40] + b"\0" + whole[41:], whole[:70000] + whole[70100:], b"", b"x" * 999,
                           whole[:-9] + b"123456789"):
                with open(bad, "wb") as f:
                    f.write(octets)
                self.assertIn(gw.command("restore", bad, check=False).returncode, (65, 77))
                self.assertFalse(glob.glob(os.path.join(gw.dir, "kujdestar.db*")))
            gw.command("restore", gw.newest_backup())

    def test_killed(self):
        rng = random.Random(SEED)
        print(f"# seed {SEED}, {KILLS} kills", flush=True)
        with Gateway() as gw:
            self.start(gw)
            code = self.case(gw)
            gw.command("backup")
            for _ in range(KILLS):
                p = subprocess.Popen([os.path.join(gw.build, "kujdestar"), "--config", gw.cfg, "backup"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(rng.random() * 0.25)  # the random moment is what is tested
                p.kill()
                p.wait()
            # Whatever has the name of a backup is one, and the next run clears what the cut ones left.
            wait_for(lambda: gw.command("backup", check=False).returncode == 0, 10, "a name, which holds seconds, that is free")
            self.assertFalse(glob.glob(os.path.join(gw.dir, "*.backing-up*")) + glob.glob(os.path.join(gw.dir, "*.proving*")))
            self.assertEqual(gw.stop_hub(), 0)
            for backup in sorted(glob.glob(os.path.join(self.out, "*.backup"))):
                for name in glob.glob(os.path.join(gw.dir, "kujdestar.db*")):
                    os.unlink(name)
                gw.command("restore", backup)
                self.assertIn("semaforit", self.notes(gw, code))

    def test_killed_while_erasing(self):
        rng = random.Random(SEED)
        with Gateway(edit=no_guards) as gw:
            gw.init().run()
            for n in range(60):
                gw.text("O1", f"RAST LYP Z{1 + n % 9} M{6 + n % 10}")
            gw.settled(90)
            self.assertEqual(gw.stop_hub(), 0)
            with sqlite3.connect(os.path.join(gw.dir, "kujdestar.db")) as db:  # two persons agreed on each
                db.execute("UPDATE cases SET state = 'closed'")
                db.execute("INSERT INTO erasures SELECT id, 'C1', 'D1', opened FROM cases")
            db.close()
            for _ in range(KILLS):
                gw.run(wait=False)
                time.sleep(0.1 + rng.random() * 0.15)  # the random moment is what is tested
                gw.hub.kill()
                gw.hub.wait()
            gw.run()
            wait_for(lambda: gw.count("erasures") == 0, 60, "all erased")
            self.assertEqual(gw.count("cases", "erased IS NULL"), 0)
            self.assertEqual(gw.count("case_events"), 0)
            self.assertEqual(gw.count("audit", "verb = 'case.erase'"), 60)  # each once, whatever was cut
            gw.command("audit", "--verify")
            status = gw.command("key", "status", json_out=True)
            self.assertEqual(next(k for k in status["kinds"] if k["kind"] == "a case each")["live"], 0)

    def test_retention_by_command(self):
        with Gateway() as gw:
            self.start(gw)
            self.case(gw)
            dry = gw.command("retention", "run", "--dry-run", json_out=True)["rules"]
            self.assertEqual([r["rule"] for r in dry], ["unread", "texts", "senders", "deliveries", "leavers", "attendance",
                                                        "cases", "audit"])
            self.assertTrue(all(r["rows"] == 0 for r in dry), dry)
            gw.stop_hub()
            # Two years later.
            gw.run("--start-at", "2029-01-10T12:00")
            wait_for(lambda: gw.count("cases", "1") == 1 and gw.count("messages", "length(sender) > 0") == 0, 30, "senders gone")
            self.assertEqual(gw.count("messages", "text IS NOT NULL AND case_id IS NULL"), 0)
            gw.command("audit", "--verify")


if __name__ == "__main__":
    unittest.main()
