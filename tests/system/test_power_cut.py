"""The power goes at each sync of a run in turn: nothing acknowledged is lost, nothing is doubled.

Hub, modem and agency are the real run's; the hub's files lie on a disk that loses what was not synced
(disk.py).  After each cut the disk is looked at as it may be, and the next run starts from one such state.
CUTS is how many of the syncs are taken, spread over the run; all: each, before and after it, and every
second one with a further cut in the run after it.  The seed is printed and taken from SEED.
"""
import calendar
import collections
import contextlib
import os
import random
import re
import shutil
import signal
import sqlite3
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from disk import Disk
from gateway import Gateway, no_guards
from simmodem import wait_for

CUTS = os.environ.get("CUTS", "8")
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
AT_ONCE = 3
LOOKS = 4  # at what a disk may hold after one cut
PIN = "482913"
STATES = {"sent", "delivered", "uncertain"}


def moment_of(octets):
    """The time stamp of a stored SMS-DELIVER, seconds UTC; None of anything else."""
    tpdu = octets[1 + octets[0]:]
    if tpdu[0] & 3:
        return None
    at = 5 + (tpdu[1] + 1) // 2
    scts = [(b & 15) * 10 + (b >> 4) for b in tpdu[at:at + 6]]
    zone = tpdu[at + 6]
    quarters = (zone & 7) * 10 + (zone >> 4)
    return calendar.timegm((2000 + scts[0], *scts[1:])) - quarters * 900 * (-1 if zone & 8 else 1)


class Lost(AssertionError):
    """What was acknowledged and is not on the disk."""


class Run:
    """One gateway, from the first text to the end or to a cut, and on from there."""

    def __init__(self, test, template, rng):
        self.test, self.rng = test, rng
        self.gw = Gateway(sim_options={"sim_size": 50}, edit=no_guards)
        for name in os.listdir(template):
            shutil.copy(os.path.join(template, name), self.gw.dir)
        self.gw.keep_backups()
        self.disk = Disk(self.gw.dir)
        self.texts = []     # (time stamp, segments) of all that arrived
        self.copies = {}    # copies of the keyring that were said to be made
        self.steps = collections.deque([self.reports, self.answers, self.copy, self.late])

    # ---- what happens ----

    def text(self, who, text, **options):
        parts = self.gw.text(who, text, **options)
        self.texts.append((self.gw.last_time, parts))

    def reports(self):
        self.text("T1", "mungese 5A 12 17")
        self.text("T2", "mungese 5/1 3")
        self.text("O1", "RAST LYP Z3 M11")
        self.text("T1", "mungese 5B 4")

    def reports_without_network(self):
        """The replies are owed, and lie sealed."""
        self.reports()
        self.gw.sim.ctl("creg 2")

    def answers(self):
        self.text("O1", "RAST TRA Z4 F9 LARTE")
        asked = re.search(r"OK (\d+)", " ".join(self.gw.sent_to("C1")))
        code = re.search(r"E\d\d-\d{4}-\w", " ".join(self.gw.sent_to("O1")))
        if asked:  # else what told him did not leave, or nobody knows
            self.text("C1", f"OK {asked[1]}")
        if code:
            self.text("O1", f"PIN {PIN} STATUS {code[0]}")
        # of two segments
        self.text("H1", "Mungese 6A 1 3 5 pa arsye. Mungese 9B 2 4 6 pa arsye. Mungese 9B 8 10 pa arsye",
                  alphabet="ucs2")

    def copy(self):
        with contextlib.suppress(OSError, ValueError):  # the hub may be cut off before it answers
            path = self.gw.ask("key.copy")["copy"]
            name = os.path.relpath(path, self.disk.dir)
            self.copies[name] = self.disk.read(name)

    def late(self):
        self.text("T1", "ANULO")
        self.text("T2", "mungese 5/2 6 8")

    # ---- runs ----

    def ended(self):
        return self.gw.hub.poll() is not None

    def quiet(self):
        """Nothing stored, waiting or owed; or the hub is dead."""
        if self.ended():
            return True
        left = self.gw.sim.ctl("list")
        try:
            return not left["stored"] and not left["queued"] and self.gw.status()["idle"]
        except (OSError, ValueError):
            return False

    def go(self, steps=9, until=None, **power):
        """True when the power went, False when all was done and the hub stopped by itself.  After so many
        steps it goes anyway: once all is quiet, or until says so."""
        self.disk.start()
        self.gw.run(wrapper=("setsid",), wait=False, env=self.disk.power(**power))
        wait_for(self.quiet, 60, "quiet")
        while self.steps and not self.ended():
            step = self.steps.popleft()
            step()
            wait_for(until or self.quiet, 60, "quiet")
            steps -= 1
            if steps == 0:
                self.gw.hub.kill()
                self.gw.hub.wait()
        if not self.ended():
            self.gw.hub.terminate()
        code = self.gw.hub.wait(60)
        if code == 0:
            return False
        self.test.assertEqual(code, -signal.SIGKILL, self.gw.log()[-3000:])
        self.end_of_all()
        return True

    def end_of_all(self):
        """The workers and the modem have lost their power too."""
        group = self.gw.hub.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        wait_for(lambda: not any(self.members(group)), 20, "the end of all processes")
        self.gw.sim.ctl("power")

    @staticmethod
    def members(group):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
                state, _, pgrp = f.read().rsplit(")", 1)[1].split()[:3]
                if int(pgrp) == group and state != "Z":
                    yield pid

    # ---- what must hold ----

    def acknowledged(self):
        """time stamp -> segments that are gone from the SIM."""
        gone = collections.Counter(dict(self.texts))
        left = self.gw.sim.ctl("list")
        self.test.assertEqual(left["queued"], 0)
        for m in left["stored"]:
            gone[moment_of(bytes.fromhex(m["hex"]))] -= 1
        return +gone

    @staticmethod
    def look_inside(path, questions):
        with contextlib.closing(sqlite3.connect(path)) as db:
            for proof, want in (("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])):
                found = db.execute(proof).fetchall()
                if found != want:
                    raise Lost(f"{os.path.basename(path)} is not whole: {found[:3]}")
            return [db.execute(q).fetchall() for q in questions]

    def look(self, files, acknowledged):
        """At what a disk may hold; raises Lost."""
        with tempfile.TemporaryDirectory(prefix="kujdestar-disk-") as there:
            self.disk.put(files, there)
            self.look_inside(os.path.join(there, "keyring.db"), [])
            rows = self.look_inside(os.path.join(there, "kujdestar.db"),
                                    ["SELECT sent FROM segments WHERE sent IS NOT NULL",
                                     "SELECT count(*) FROM segments WHERE state = 'received'"])
        have, unread = collections.Counter(r[0] for r in rows[0]), rows[1][0][0]
        missing = acknowledged - have
        if missing.total() > unread:
            raise Lost(f"texts of {sorted(missing)} are gone from the SIM and not on the disk")
        for name, octets in self.copies.items():
            if files.get(name) != octets:
                raise Lost(f"{name} was said to be made and is not on the disk")

    def after_cut(self, least=False):
        """Looks at the disk as it may be; the next run starts from the first, which holds no more than was synced,
        or (not with least) from the last."""
        acknowledged = self.acknowledged()
        for n in range(LOOKS):
            files = self.disk.after_cut(random.Random(self.rng.random()) if n else None)
            self.look(files, acknowledged)
            if n == 0:
                kept = files
        if not least and self.rng.random() < 0.5:
            kept = files
        self.disk.put(kept)

    def facts(self):
        """What must be the same whether the power went or not."""
        gw = self.gw
        return {"absences": gw.rows("SELECT c.school, c.class_name, a.pupil, a.state FROM absences a "
                                    "JOIN class_days c ON c.id = a.class_day ORDER BY 1, 2, 3, 4"),
                "cases": gw.rows("SELECT concerns, zone, sex, age, state, owner FROM cases ORDER BY 1, 2"),
                "deliveries": gw.rows("SELECT agency, event, kind, state FROM outbox WHERE leg = 'http' ORDER BY 1, 2, 3"),
                "alerts": gw.rows("SELECT rule, urgent FROM alerts ORDER BY 1, 2")}

    def check(self):
        """Of a store whose last run ended by itself."""
        gw, test = self.gw, self.test
        # each text once, whatever became of the runs between
        test.assertEqual(collections.Counter(r["sent"] for r in gw.rows("SELECT sent FROM messages")),
                         collections.Counter(at for at, _ in self.texts))
        test.assertEqual(gw.count("messages", "state <> 'read'"), 0)
        test.assertEqual(gw.count("segments", "state = 'joined'"), sum(n for _, n in self.texts))
        test.assertEqual(gw.count("segments", "state = 'quarantined'"), 0)
        # each delivery at least once, under its one id, with the same octets; none that no row tells of
        uids = {r["uid"] for r in gw.rows("SELECT uid FROM outbox WHERE leg = 'http'")}
        seen = collections.defaultdict(set)
        for r in gw.agency.requests():
            seen[r.header("webhook-id")].add(r.bytes())
        test.assertEqual(set(seen), uids)
        test.assertTrue(all(len(bodies) == 1 for bodies in seen.values()))
        gw.check_signatures()
        self.check_sms()
        test.assertIn("the audit verifies", gw.command("audit", "--verify").stdout)
        with contextlib.closing(sqlite3.connect(os.path.join(gw.dir, "keyring.db"))) as ring:
            test.assertEqual(ring.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        test.assertEqual(gw.rows("PRAGMA integrity_check"), [{"integrity_check": "ok"}])

    def check_sms(self):
        """Each row was submitted once, or its outcome is unknown and it was not sent again."""
        gw, test = self.gw, self.test
        states = collections.Counter(r["state"] for r in gw.rows("SELECT state FROM outbox WHERE leg = 'sms'"))
        test.assertLessEqual(set(states), STATES)
        submitted = collections.Counter((m["to"], m["text"]) for m in gw.sim.sent())
        test.assertEqual([m for m, n in submitted.items() if n > 1], [])  # no two texts of a run are alike
        sure = states.total() - states["uncertain"] - gw.count("sms_joined")
        test.assertLessEqual(sure, submitted.total())
        test.assertLessEqual(submitted.total(), states.total())

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.gw.close()


class PowerCut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A store with people in it, and the run without a cut: how many syncs it has, and what comes of it."""
        cls.template = tempfile.mkdtemp(prefix="kujdestar-template-")
        cls.addClassCleanup(shutil.rmtree, cls.template)
        with Gateway(edit=no_guards) as gw:
            gw.init()
            gw.secret("pin", "O1", PIN, "")
            for name in ("kujdestar.db", "keyring.db", "master.key"):
                shutil.copy(os.path.join(gw.dir, name), cls.template)
        print(f"# seed {SEED}", flush=True)

    def whole(self):
        with Run(self, self.template, random.Random(SEED)) as run:
            self.assertFalse(run.go())
            syncs = run.disk.syncs()
            run.check()
            facts = run.facts()
        self.assertGreater(syncs, 30)
        print(f"# {syncs} syncs", flush=True)
        return syncs, facts

    def one(self, cut, after, again):
        """What comes of a run whose power goes at that sync, if it comes so far."""
        rng = random.Random(f"{SEED} {cut} {after}")
        with Run(self, self.template, rng) as run:
            try:
                went = run.go(cut=cut, after=after)
                while went:
                    run.after_cut()
                    went = run.go(cut=rng.randint(1, 12) if again else 0)
                    again = False
                run.check()
                return run.facts()
            except Exception as e:
                raise AssertionError(f"seed {SEED}, {'after' if after else 'before'} sync {cut}: {e}\n"
                                     f"{run.gw.log()[-2000:]}") from e

    def test_at_each_sync(self):
        syncs, want = self.whole()
        beyond = 10 if CUTS == "all" else 0  # how turns group texts differs from run to run
        every = [(cut, after, cut % 2 == 0) for cut in range(1, syncs + 1 + beyond) for after in (False, True)]
        if CUTS != "all":
            n, start = int(CUTS), SEED % len(every)
            every = [every[(start + i * len(every) // n) % len(every)] for i in range(n)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for (cut, after, _), facts in zip(every, pool.map(lambda c: self.one(*c), every)):
                for name, rows in want.items():
                    self.assertEqual(facts[name], rows, f"seed {SEED}, {cut} {after}: {name}")

    def test_disks_that_lie(self):
        """The same looks find what is lost on a disk that says of some files that they are synced and has
        not: the write-ahead log, as with synchronous=NORMAL; the file below it, when the log is written back
        and cut off; a copy, and its name."""
        for lies, steps in (("nothing", 4), ("kujdestar.db-wal", 4), ("kujdestar.db", 2), (".copy.part", 3), ("/copies", 3)):
            with self.subTest(lies), Run(self, self.template, random.Random(SEED)) as run:
                self.assertTrue(run.go(steps=steps, lies=lies))
                self.assertGreater(run.acknowledged().total(), 3)
                if lies == "nothing":
                    run.after_cut()
                else:
                    self.assertRaises(Lost, run.after_cut)

    def test_keys_that_were_not_synced(self):
        """... and that what a key sealed cannot be opened when it was not synced before it was used."""
        for lies in ("nothing", "keyring.db-wal"):
            with self.subTest(lies), Run(self, self.template, random.Random(SEED)) as run:
                run.steps[0] = run.reports_without_network
                self.assertTrue(run.go(steps=1, until=lambda: run.gw.count("messages", "state = 'read'") == 4, lies=lies))
                run.gw.sim.ctl("creg 1")
                run.after_cut(least=True)
                self.assertFalse(run.go())
                if lies == "nothing":
                    run.check()
                else:  # a reply that failed, or a delivery that was still owed and was never made
                    self.assertRaisesRegex(AssertionError, "failed|msg_[0-9a-v]{26}", run.check)


if __name__ == "__main__":
    unittest.main()
