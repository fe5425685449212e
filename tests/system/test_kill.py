"""kill -9 of hub, modem worker and courier at random moments in a burst: nothing lost, nothing doubled.

KILLS and TEXTS set how many (200 and 300); the seed is printed and taken from SEED.
"""
import collections
import os
import random
import signal
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for

KILLS = int(os.environ.get("KILLS", "200"))
TEXTS = int(os.environ.get("TEXTS", "300"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))


class Kill(unittest.TestCase):
    def texts(self):
        """Absences that all differ, and cases that each owe an SMS and a delivery."""
        pupils = [(c, n) for c in ("5A", "5B", "6A", "9B") for n in range(1, 29)]
        reports = [("T1", f"mungese {c} {n}") for c, n in pupils] + [("T2", f"mungese 5/1 {n}") for n in range(1, 27)]
        cases = [("O1", f"RAST LYP Z{1 + n % 9} M{6 + n % 10}") for n in range(TEXTS)]
        reports = reports[:TEXTS * 2 // 5]
        mixed = reports + cases[:TEXTS - len(reports)]
        self.random.shuffle(mixed)
        return mixed

    def victim(self, gw):
        status = gw.up()
        if not status:
            return None
        running = [w["pid"] for w in status["workers"] if w["pid"]]
        return self.random.choice([gw.hub.pid] * max(1, len(running) // 2) + running)

    def kill_one(self, gw):
        time.sleep(self.random.random() * 0.12)  # the random moment is what is tested
        pid = self.victim(gw)
        if not pid:
            return
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        if pid == gw.hub.pid:
            gw.hub.wait()
            gw.run(wait=False)

    def test_nothing_lost_nothing_doubled(self):
        self.random = random.Random(SEED)
        print(f"# seed {SEED}, {KILLS} kills, {TEXTS} texts", flush=True)
        with Gateway(sim_options={"sim_size": 250, "me_size": 250}, edit=no_guards) as gw:
            gw.init().run()
            texts = self.texts()
            pending = collections.deque(texts)
            for n in range(KILLS):
                for _ in range(-(-len(texts) // KILLS)):
                    if pending:
                        gw.text(*pending.popleft())
                self.kill_one(gw)
                if n % 4 == 3:  # let it get some way, or nothing but starting is tested
                    wait_for(gw.ready, 60, "workers ready")
            while pending:
                gw.text(*pending.popleft())
            wait_for(gw.ready, 60, "workers ready")
            gw.settled(180)
            self.check(gw, texts)

    def check(self, gw, texts):
        self.assertEqual(gw.count("messages"), len(texts))
        self.assertEqual(gw.count("messages", "state = 'read'"), len(texts))
        self.assertEqual(gw.count("segments", "state = 'joined'"), len(texts))
        self.assertEqual(gw.count("segments", "state = 'quarantined'"), 0)
        absences = sum(1 for who, _ in texts if who != "O1")
        self.assertEqual(gw.count("absences", "state = 'stands'"), absences)
        cases = len(texts) - absences
        self.assertEqual(gw.count("cases"), cases)
        # Every alert's delivery came at least once, under its one id, with its own case in it.
        rows = gw.rows("SELECT uid, state FROM outbox WHERE leg = 'http'")
        self.assertEqual({r["state"] for r in rows}, {"delivered"})
        self.assertEqual(len(rows), cases)
        seen = collections.defaultdict(set)
        for r in gw.agency.requests():
            seen[r.header("webhook-id")].add(r.bytes())
        self.assertEqual(set(seen), {r["uid"] for r in rows})
        self.assertTrue(all(len(bodies) == 1 for bodies in seen.values()))
        # SMS: each row was submitted once, or its outcome is unknown and it was not sent again.
        states = {r["state"] for r in gw.rows("SELECT DISTINCT state FROM outbox WHERE leg = 'sms'")}
        self.assertLessEqual(states, {"sent", "delivered", "uncertain"})
        uncertain = gw.count("outbox", "leg = 'sms' AND state = 'uncertain'")
        sent = gw.count("outbox", "leg = 'sms' AND state IN ('sent', 'delivered')")
        submitted = len(gw.sim.sent())
        self.assertLessEqual(sent, submitted)
        self.assertLessEqual(submitted, sent + uncertain)
        gw.check_signatures()


if __name__ == "__main__":
    unittest.main()
