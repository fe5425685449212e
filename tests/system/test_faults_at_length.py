"""Faults that last, at full length or on a scaled clock: a modem mute for a minute, a network lost for an
hour, one of two modems gone, a slow or locked store, a sender who floods, a robot that answers.
"""
import os
import re
import signal
import sqlite3
import threading
import time
import unittest

from gateway import Gateway, no_guards, preload, verify
from simmodem import SimModem, wait_for


def quick(text):
    return re.sub(r"sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6; network_s = 60;", no_guards(text))


class Case(unittest.TestCase):
    def gateway(self, edit=quick, run=True, **sim_options):
        gw = Gateway(sim_options=sim_options, edit=edit)
        self.addCleanup(gw.close)
        gw.init()
        return gw.run() if run else gw

    def say(self, what, seconds):
        print(f"# {what}: {seconds:.2f} s", flush=True)

    def read(self, gw, n, timeout=60):
        wait_for(lambda: gw.count("messages", "state = 'read'") >= n, timeout, f"{n} texts read")


class Line(Case):
    def test_mute_for_a_minute(self):
        gw = self.gateway()
        gw.text("T1", "mungese 5A 1")
        gw.settled()
        gw.sim.fault("mute")
        gw.text("T1", "mungese 5A 2")
        time.sleep(60)  # how long the fault lasts is the case
        gw.sim.fault("none")
        start = time.monotonic()
        self.read(gw, 2)
        seconds = time.monotonic() - start
        self.say("mute for 60 s: texts again after", seconds)
        self.assertLess(seconds, 10)
        gw.settled(60)
        self.assertEqual(len(gw.sent_to("T1")), 2)
        self.assertEqual(gw.count("messages"), 2)
        self.assertLess(len(gw.log()), 20000)

    def test_chatty_modem_is_killed_at_its_deadline_and_others_are_served(self):
        with SimModem() as other:
            def edit(text):
                return re.sub(r"(modems = \()", r'\1 { name = "sim2"; device = "%s"; sweep_s = 5; call_s = 6; },'
                              % other.device, quick(text))
            gw = self.gateway(edit)
            other.fault("chatty", "every=100")
            wait_for(lambda: gw.worker("sim2")["deaths"] > 0, 60, "the end of its worker")
            for n in range(1, 6):
                start = time.monotonic()
                gw.text("T1", f"mungese 5A {n}")
                self.read(gw, n, 10)
                self.assertLess(time.monotonic() - start, 5)


class Network(Case):
    def test_lost_for_an_hour(self):
        gw = self.gateway(run=False)
        gw.run("--time-scale", "120")
        gw.sim.ctl("creg 2")
        wait_for(lambda: "network=searching" in gw.log(), 30, "the loss")
        lost = gw.status()["now"]
        for n in range(3):
            gw.command("send", "H1", f"teksti {n}")
        wait_for(lambda: gw.status()["now"] >= lost + 3600, 120, "the hour")
        self.assertEqual([r.json()["type"] for r in gw.agency.requests()], ["modem.down"])
        self.assertEqual(gw.count("outbox", "leg = 'sms' AND attempts > 0 AND state <> 'queued'"), 0)
        gw.sim.ctl("creg 1")
        gw.sim.wait_sent(3, 60)
        self.assertEqual(gw.sent_to("H1"), ["teksti 0", "teksti 1", "teksti 2"])
        # and it is said once that it works again
        wait_for(lambda: gw.sent_to("C1"), 60, "the word of it")
        gw.settled()
        self.assertEqual([r.json()["type"] for r in gw.agency.requests()], ["modem.down", "modem.back"])
        self.assertEqual(len(gw.sent_to("C1")), 1)
        self.assertIn("punon perseri", gw.sent_to("C1")[0])
        self.assertEqual(len(gw.sim.sent()), 5)  # three, and a word to C1 and D1

    def test_that_comes_and_goes_is_told_once(self):
        gw = self.gateway(run=False)
        gw.run("--time-scale", "20")
        for n in range(3):
            gw.sim.ctl("creg 2")
            wait_for(lambda: gw.log().count("network=searching") > n, 30, "the loss")
            at = gw.status()["now"]
            wait_for(lambda: gw.status()["now"] >= at + 200, 60, "the alarm's time")
            gw.sim.ctl("creg 1")
            wait_for(lambda: gw.log().count("network=home") > n, 30, "the network")
        wait_for(lambda: gw.agency.requests(), 20, "the alarm")
        self.assertEqual([r.json()["type"] for r in gw.agency.requests()], ["modem.down"])


class OneOfTwo(Case):
    def test_told_by_the_living_one_and_when_it_is_back(self):
        with SimModem() as other:
            def edit(text):
                return re.sub(r"(modems = \()", r'\1 { name = "sim2"; device = "%s"; sweep_s = 5; call_s = 6; },'
                              % other.device, quick(text))
            gw = self.gateway(edit, run=False)
            with sqlite3.connect(os.path.join(gw.dir, "kujdestar.db")) as db:
                # five looks for a device that was not there, in an earlier run: the next one is the last
                db.execute("INSERT INTO meta (name, value) VALUES ('modem.sim2', '0 5 0 0 0 0')")
            gw.run("--time-scale", "120")
            other.fault("hangup")
            wait_for(lambda: gw.sent_to("C1"), 60, "the word by the other modem")
            self.assertIn("Modemi sim2 nuk punon", gw.sent_to("C1")[0])
            wait_for(lambda: gw.sent_to("D1"), 20, "the word to the duty officer")
            gw.stop_hub()
            gw.run("--time-scale", "120", wait=False)
            wait_for(gw.up, 20, "the hub")
            gw.text("T1", "mungese 5A 1")
            gw.reply_to("T1")
            self.assertEqual(len(gw.sent_to("C1")), 1)  # told once, over restarts too
            other.fault("none")
            wait_for(lambda: len(gw.sent_to("C1")) + len([m for m in other.sent() if m["to"] == gw.number("C1")]) == 2,
                     90, "the word that it is back")
            wait_for(lambda: len(gw.agency.requests()) == 2, 30, "both events")
            self.assertEqual([r.json()["type"] for r in gw.agency.requests()], ["modem.down", "modem.back"])


class Store(Case):
    def test_each_sync_takes_a_second(self):
        gw = self.gateway(run=False)
        gw.run(env=preload(gw.dir, "disk/slow.c"))
        for n in range(1, 21):
            gw.text("T1", f"mungese 5A {n}")
        self.read(gw, 20, 120)
        gw.settled(120)
        self.assertEqual(len(gw.sent_to("T1")), 20)
        self.assertEqual(gw.count("messages"), 20)
        self.assertEqual(gw.worker("sim1")["deaths"], 0)

    def test_locked_by_another(self):
        gw = self.gateway()
        gw.text("T1", "mungese 5A 1")
        gw.settled()
        db = sqlite3.connect(os.path.join(gw.dir, "kujdestar.db"), isolation_level=None)
        self.addCleanup(db.close)
        db.execute("BEGIN IMMEDIATE")
        for n in range(2, 6):
            gw.text("T1", f"mungese 5A {n}")
        wait_for(lambda: "turn=failed" in gw.log(), 60, "the turn to fail")
        self.assertEqual(len(gw.sim.stored()), 4)
        db.execute("ROLLBACK")
        start = time.monotonic()
        self.read(gw, 5)
        self.say("store let go: texts again after", time.monotonic() - start)
        gw.settled()
        self.assertEqual(len(gw.sent_to("T1")), 5)
        self.assertEqual(gw.count("absences", "state = 'stands'"), 5)

    def test_read_only_while_it_runs(self):
        gw = self.gateway(run=False)
        flag = os.path.join(gw.dir, "read-only")
        gw.run(env=dict(preload(gw.dir, "disk/readonly.c"), READ_ONLY_WHILE=flag))
        gw.text("T1", "mungese 5A 1")
        gw.settled()
        with open(flag, "w", encoding="ascii"):
            pass
        for n in range(2, 6):
            gw.text("T1", f"mungese 5A {n}")
        wait_for(lambda: not gw.status()["store_ok"], 30, "the store to fail")
        self.assertEqual(len(gw.sim.stored()), 4)
        self.assertIn("CANNOT BE WRITTEN", gw.command("status", check=False).stdout)
        os.unlink(flag)
        start = time.monotonic()
        self.read(gw, 5)
        self.say("store writable: texts again after", time.monotonic() - start)
        gw.settled()
        self.assertEqual(len(gw.sent_to("T1")), 5)
        self.assertEqual(gw.count("absences", "state = 'stands'"), 5)


class Agency(Case):
    """Three days of silence on the scaled clock, in which the gateway itself is killed: nothing is lost, the
    duty officer hears once of the outage and once of its end, and all arrives in order, once."""

    def until(self, gw, hour):
        wait_for(lambda: (gw.up() or {}).get("now", 0) >= self.start + hour * 3600, 240, f"hour {hour}")

    def test_down_for_three_days(self):
        def edit(text):
            return no_guards(re.sub(r'(code = "MUN"; url = "[^"]+";)', r"\1 ordered = true;", text))

        gw = self.gateway(edit, run=False)
        gw.run("--start-at", "2026-11-16T07:30", "--time-scale", "7200")
        self.start = gw.status()["now"]
        gw.agency.ctl("answer 503 path=/mun")
        for n in range(9):
            self.until(gw, 8 * n)
            before = gw.count("outbox", "agency = 'MUN'")
            gw.text("O1", f"RAST LYP Z{n + 1} M11", time=gw.status()["now"])
            wait_for(lambda: gw.count("outbox", "agency = 'MUN'") > before, 30, "an alert")
            if n == 3:
                gw.stop_hub(signal.SIGKILL)
                now = gw.rows("SELECT max(created) AS t FROM outbox")[0]["t"]  # Tirana is an hour ahead in November
                gw.run("--start-at", time.strftime("%Y-%m-%dT%H:%M", time.gmtime(now + 3660)), "--time-scale", "7200")
            if n == 5:  # now nobody listens at all
                gw.agency.ctl("reset")
                gw.agency.ctl("close_before path=/mun")
        self.until(gw, 70)
        rows = gw.rows("SELECT id, uid, state FROM outbox WHERE agency = 'MUN' ORDER BY id")
        self.assertEqual({r["state"] for r in rows} - {"inflight"}, {"queued"})
        gw.agency.ctl("reset")
        wait_for(lambda: not gw.count("outbox", "agency = 'MUN' AND state <> 'delivered'"), 120, "all of it arrives")
        answered = [r for r in gw.agency.requests()
                    if r["path"].startswith("/mun") and (r["answer"], r["status"]) == ("answer", 200)]
        taken = [r.header("webhook-id") for r in answered]
        rows = gw.rows("SELECT uid, urgent FROM outbox WHERE agency = 'MUN' ORDER BY id")
        self.assertEqual(sorted(taken), sorted({r["uid"] for r in rows}), "each once")
        calm = [r["uid"] for r in rows if not r["urgent"]]
        self.assertEqual([uid for uid in taken if uid in calm], calm, "in order")
        for r in answered:
            verify(r, gw.secrets["MUN"])
        wait_for(lambda: any("MUN i merr perseri" in m for m in gw.sent_to("D1")), 60, "the end is told")
        self.assertEqual(len([m for m in gw.sent_to("D1") if "s'po merr" in m]), 1)
        self.assertEqual(len([m for m in gw.sent_to("D1") if "MUN i merr perseri" in m]), 1)


class Senders(Case):
    def test_a_thousand_texts_in_a_second(self):
        gw = self.gateway(lambda t: t.replace("sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6;", 1))
        at = int(time.time())
        for n in range(1000):
            gw.sim.deliver(gw.number("T1"), f"mungese 5A {n % 28 + 1} {n}", time=at)
        start = time.monotonic()
        gw.text("T2", "mungese 5/1 3")
        gw.reply_to("T2", 60)
        self.say("another sender answered after", time.monotonic() - start)
        gw.settled(120)
        self.assertEqual(gw.count("messages", "reporter = 'T1'"), 1000)  # all are kept
        self.assertLessEqual(len(gw.sent_to("T1")), 40)
        self.assertEqual(gw.sent_to("C1"), ["Shume mesazhe nga T1 ne nje ore: presin ne radhe. Shikoji"])
        self.assertEqual(gw.count("audit", "verb = 'flood'"), 1)

    def test_a_robot_that_answers_every_reply(self):
        gw = self.gateway(lambda t: t.replace("sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6;", 1))
        events, stop = gw.sim.events(), threading.Event()
        robots = {gw.number("T1"): "Ky numer nuk pergjigjet", "+355697777777": "Sherbimi nuk njihet"}
        answered = []

        def robot():
            ctl = SimModem.__new__(SimModem)
            ctl.control = gw.sim.control
            ctl._connect()
            seen = 0
            while not stop.is_set():
                sent = ctl.sent()
                for m in sent[seen:]:
                    if m["to"] in robots:
                        answered.append(m["to"])
                        ctl.deliver(m["to"], robots[m["to"]], time=int(time.time()) + len(answered))
                seen = len(sent)
                stop.wait(0.05)
            ctl._stream.close()
            ctl._socket.close()

        thread = threading.Thread(target=robot)
        thread.start()
        try:
            for number, text in robots.items():
                gw.text(number, text)
            wait_for(lambda: len(answered) >= 4, 40, "the loop to begin")
            quiet = time.monotonic()
            n = len(answered)
            while time.monotonic() - quiet < 6:  # nothing for six seconds: it ended by itself
                if len(answered) != n:
                    n, quiet = len(answered), time.monotonic()
                self.assertLess(n, 20)
                time.sleep(0.1)
        finally:
            stop.set()
            thread.join()
            events.close()
        self.assertLessEqual(len(gw.sent_to("T1")), 3)
        self.assertEqual(len(gw.sent_to("+355697777777")), 1)


if __name__ == "__main__":
    unittest.main()
