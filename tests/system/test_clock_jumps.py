"""A wall clock that is set while SMS are owed, and nights on which the hour changes: order is kept, nothing
expires, nothing is sent twice, no text becomes unreadable.  The hub's own clock is set by a library that is
preloaded into it alone; nights are played on its scaled clock.
"""
import os
import struct
import time
import unittest

from gateway import Gateway, no_guards, preload
from simmodem import wait_for

YEAR = 365 * 86400


def quick(text):
    return no_guards(text).replace("sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6; network_s = 5;", 1)


class Case(unittest.TestCase):
    edit = staticmethod(quick)

    def gateway(self):
        gw = Gateway(edit=self.edit)
        self.addCleanup(gw.close)
        return gw.init()


class Jumps(Case):
    def set(self, seconds):
        with open(self.shift, "r+b") as f:
            f.write(struct.pack("=q", int(seconds)))

    def set_after(self, seconds, readings):
        """The clock is set when it was read so many times more."""
        with open(self.shift, "r+b") as f:
            f.seek(8)
            f.write(struct.pack("=qq", int(seconds), readings))

    def run_shifted(self):
        gw = self.gateway()
        self.shift = os.path.join(gw.dir, "shift")
        with open(self.shift, "wb") as f:
            f.write(bytes(24))
        self.env = dict(preload(gw.dir, "clock/shift.c"), CLOCK_SHIFT=self.shift)
        return gw.run(env=self.env)

    def jump(self, gw, seconds):
        n = gw.log().count("clock=jumped")
        self.set(seconds)
        gw.status()  # it looks at the clock each time it wakes
        wait_for(lambda: gw.log().count("clock=jumped") > n, 20, "the jump to be seen")

    def queue(self, gw, n):
        gw.sim.ctl("creg 2")
        wait_for(lambda: "network=searching" in gw.log(), 30, "the loss")
        for i in range(n):
            gw.command("send", "H1", f"teksti {i}")

    def owed(self, gw):
        return gw.count("outbox", "leg = 'sms' AND reporter = 'H1' AND state = 'queued'")

    def goes_well(self, gw, n):
        gw.sim.ctl("creg 1")
        gw.sim.wait_sent(n, 40)
        gw.settled()
        self.assertEqual([m["text"] for m in gw.sim.sent()], [f"teksti {i}" for i in range(n)])

    def test_a_year_ahead_and_back(self):
        gw = self.run_shifted()
        gw.text("T1", "mungese 5A 1")
        gw.reply_to("T1")
        gw.sim.ctl("sent forget")
        self.queue(gw, 3)
        self.jump(gw, YEAR)
        self.assertIn("clock=doubted", gw.log())
        self.assertEqual(self.owed(gw), 3)
        gw.stop_hub()
        gw.run(env=self.env)  # a restart with the wrong clock believes it no more
        self.assertEqual(self.owed(gw), 3)
        self.jump(gw, 0)
        self.assertEqual(self.owed(gw), 3)
        self.goes_well(gw, 3)
        self.assertEqual(gw.count("outbox", "state IN ('expired', 'failed', 'uncertain')"), 0)
        self.assertNotIn("expiry=ok", gw.log())
        self.assertEqual(gw.count("audit", "verb LIKE 'alert.escalate%'"), 0)

    def test_set_at_any_moment_of_a_pass(self):
        """Between the look at the clock and what goes by it, too: no key of a day is destroyed."""
        for readings in range(1, 13):
            with self.subTest(readings=readings):
                gw = self.run_shifted()
                gw.text("T1", "mungese 5A 1")
                gw.reply_to("T1")
                gw.settled()
                self.set_after(YEAR, readings)
                for _ in range(20):
                    gw.status()
                wait_for(lambda: "clock=doubted" in gw.log(), 20, "the jump to be seen")
                gw.status()
                self.assertNotIn("expiry=ok", gw.log())
                self.assertEqual(gw.stop_hub(), 0)

    def test_a_year_ahead_for_good(self):
        gw = self.run_shifted()
        self.queue(gw, 3)
        self.jump(gw, YEAR)
        self.goes_well(gw, 3)

    def test_back_to_1970_and_right_again(self):
        gw = self.run_shifted()
        self.queue(gw, 2)
        self.jump(gw, -time.time() + 5000)
        self.assertEqual(self.owed(gw), 2)
        gw.command("send", "H1", "teksti 2")  # made in 1970
        gw.text("T1", "mungese 5A 1")
        gw.sim.ctl("creg 1")
        gw.sim.wait_sent(4, 40)
        self.assertEqual(gw.sent_to("H1"), ["teksti 0", "teksti 1", "teksti 2"])
        self.jump(gw, 0)
        gw.command("send", "H1", "teksti 3")
        gw.sim.wait_sent(5, 40)
        gw.settled()
        self.assertEqual(gw.sent_to("H1"), ["teksti 0", "teksti 1", "teksti 2", "teksti 3"])
        self.assertEqual(len(gw.sent_to("T1")), 1)
        self.assertEqual(gw.count("absences", "state = 'stands'"), 1)

    def test_started_in_1970(self):
        gw = self.run_shifted()
        self.queue(gw, 2)
        gw.stop_hub()
        self.set(-time.time() + 5000)
        gw.sim.ctl("creg 2")
        gw.run(env=self.env)
        self.assertEqual(self.owed(gw), 2)
        self.goes_well(gw, 2)


def nights(text):
    return quick(text).replace("day_limit = 100000;",
                               'day_limit = 100000; gap_min = 60; quiet = { from = "21:00"; to = "07:00"; };')


class Nights(Case):
    edit = staticmethod(nights)

    def night(self, start, end):
        """Texts made at start leave at end, local time, whatever the hours between."""
        gw = self.gateway()
        gw.run("--start-at", start, "--time-scale", "1800")
        gw.command("send", "H1", "nje")
        gw.command("send", "H1", "dy")
        p = gw.command("outbox", "list", "--state", "queued")
        self.assertIn("quiet hours", p.stdout)
        gw.command("send", "--urgent", "C1", "urgjente")
        gw.text("T1", "NDIHME")
        gw.sim.wait_sent(3, 60)
        gw.sim.wait("sent>=3", 60)
        wait_for(lambda: gw.sent_to("H1"), 60, "the morning")
        self.assertEqual(gw.sent_to("H1"), ["nje\ndy"])
        self.assertEqual(gw.sent_to("C1"), ["urgjente"])
        rows = {r["text"]: r for r in gw.sim.sent()}
        at = {r["reporter"]: r for r in gw.rows(
            "SELECT o.reporter, a.started, o.created FROM outbox o JOIN attempts a ON a.outbox = o.id")}
        os.environ["TZ"] = "Europe/Tirane"
        time.tzset()
        want = time.mktime(time.strptime(end, "%Y-%m-%dT%H:%M"))
        self.assertGreaterEqual(at["H1"]["started"], want)
        self.assertLess(at["H1"]["started"], want + 1800)
        self.assertLess(at["C1"]["started"] - at["C1"]["created"], 1800)
        self.assertEqual(len(rows), 3)

    def test_an_hour_less(self):
        self.night("2026-03-28T22:30", "2026-03-29T07:00")

    def test_an_hour_more(self):
        self.night("2026-10-24T22:30", "2026-10-25T07:00")


if __name__ == "__main__":
    unittest.main()
