"""What modems do to a gateway, with the real binaries and the real libgammu: after each fault nothing is
lost, nothing doubled, and texts are taken again.  The time that took is printed; deadlines here are
generous limits of failure, not the figures to reach.
"""
import os
import re
import shutil
import sqlite3
import tempfile
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import SimModem, wait_for

# TP-UDL 255: libgammu's buffer is overrun
POISON = "0791539111161616" + "04" + "0C91539610111111" + "0000" + "62114221710040" + "FF" + "41" * 150


def quick(text):
    """Deadlines at which a test need not wait."""
    text = no_guards(text)
    return re.sub(r"sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6; network_s = 5;", text)


def second_modem(sim):
    def edit(text):
        text = quick(text)
        other = '{ name = "sim2"; device = "%s"; sweep_s = 5; call_s = 6; send_s = 2; },' % sim.device
        return re.sub(r'(modems = \()', r'\1 ' + other, text)
    return edit


class Case(unittest.TestCase):
    def gateway(self, edit=quick, **sim_options):
        gw = Gateway(sim_options=sim_options, edit=edit)
        self.addCleanup(gw.close)
        return gw.init().run()

    def say(self, what, seconds):
        print(f"# {what}: {seconds:.2f} s", flush=True)

    def taken(self, gw, n, timeout=40):
        wait_for(lambda: gw.count("messages", "state = 'read'") >= n, timeout, f"{n} texts read")

    def none_lost_none_doubled(self, gw, n):
        gw.settled(60)
        self.assertEqual(gw.count("messages"), n)
        self.assertEqual(gw.count("messages", "state = 'read'"), n)
        self.assertEqual(gw.count("absences", "state = 'stands'"), n)
        replies = [m for m in gw.sim.sent()]
        self.assertEqual(len(replies), n)

    def recovers(self, gw, what, fault, over, between=(), limit=20):
        """fault ... over; a text sent in between arrives once; measured from the fault's end."""
        gw.text("T1", "mungese 5A 1")
        gw.settled()
        gw.sim.fault(*fault)
        for act in between:
            act()
        time.sleep(over)  # how long the fault lasts is part of the case
        gw.sim.fault("none")
        start = time.monotonic()
        gw.text("T1", "mungese 5A 2")
        self.taken(gw, 2, limit + 40)
        seconds = time.monotonic() - start
        self.say(what, seconds)
        self.assertLess(seconds, limit)
        self.none_lost_none_doubled(gw, 2)


class Line(Case):
    def test_unplugged_and_back(self):
        self.recovers(self.gateway(), "unplugged for 3 s and back", ["hangup"], 3)

    def test_unplugged_for_long(self):
        gw = self.gateway()
        self.recovers(gw, "unplugged for 12 s and back", ["hangup"], 12)
        self.assertLess(len(gw.log()), 20000)

    def test_mute(self):
        self.recovers(self.gateway(), "mute for 12 s", ["mute"], 12)

    def test_chatty_without_an_answer(self):
        self.recovers(self.gateway(), "chatty for 12 s", ["chatty", "every=100"], 12, limit=30)

    def test_garbage(self):
        self.recovers(self.gateway(), "garbage for 8 s", ["garbage", "64", "every=50", "mangle=50"], 8, limit=30)

    def test_stalled_output_kills_one_and_not_the_other(self):
        with SimModem() as other:
            gw = self.gateway(second_modem(other))
            pid = gw.worker("sim2")["pid"]
            other.fault("stall")
            other.deliver(gw.number("T3"), "mungese 6B 4")
            start = time.monotonic()
            wait_for(lambda: gw.worker("sim2")["deaths"] > 0, 60, "the end of the stalled worker")
            self.say("stalled worker ended after", time.monotonic() - start)
            gw.text("T1", "mungese 5A 2")
            start = time.monotonic()
            self.taken(gw, 1)
            self.assertLess(time.monotonic() - start, 5)
            other.fault("none")
            start = time.monotonic()
            self.taken(gw, 2, 60)
            self.say("taking texts again after the stall", time.monotonic() - start)
            self.assertNotEqual(gw.worker("sim2")["pid"], pid)


class Memory(Case):
    def test_poison_is_set_aside_and_neighbours_are_read(self):
        gw = self.gateway()
        gw.text("T1", "mungese 5A 1")
        gw.sim.pdu(POISON)
        gw.text("T1", "mungese 5A 2")
        start = time.monotonic()
        gw.sim.wait_empty(60)
        self.taken(gw, 2, 60)
        self.say("poison PDU", time.monotonic() - start)
        self.assertLessEqual(gw.worker(gw.modem_name())["deaths"], 2)
        gw.settled(30)
        self.assertEqual(gw.count("segments", "state = 'quarantined'") + gw.count("messages"), 3)
        self.assertEqual(gw.count("absences", "state = 'stands'"), 2)

    def test_full_sim_and_texts_held_by_the_network(self):
        gw = Gateway(sim_options={"sim_size": 5, "me_size": 5}, edit=quick)
        self.addCleanup(gw.close)
        gw.init()
        for n in range(1, 21):  # before the gateway runs: 10 stored, 10 held
            gw.text("T1", f"mungese 5A {n}")
        start = time.monotonic()
        gw.run()
        self.taken(gw, 20)
        self.say("SIM and phone full, 10 more held", time.monotonic() - start)
        self.none_lost_none_doubled(gw, 20)

    def test_both_memories(self):
        gw = self.gateway()
        for n in range(1, 11):
            gw.text("T1", f"mungese 5A {n}", memory="ME" if n % 2 else "SM")
        self.none_lost_none_doubled(gw, 10)

    def test_index_zero_hidden(self):
        gw = self.gateway(model="E173", me_size=20)
        gw.sim.fault("hide0")
        for n in range(1, 6):
            gw.text("T1", f"mungese 5A {n}", memory="ME")
            self.taken(gw, n)
        self.none_lost_none_doubled(gw, 5)

    def test_indices_moved_by_a_reset(self):
        gw = self.gateway()
        gw.sim.ctl("onreset away=1500 renumber=1")
        for n in range(1, 11):
            gw.text("T1", f"mungese 5A {n}")
            if n == 5:
                gw.sim.ctl("renumber")
        self.none_lost_none_doubled(gw, 10)

    def test_restarted_by_itself(self):
        gw = self.gateway()
        gw.text("T1", "mungese 5A 1")
        gw.settled()
        gw.sim.ctl("power")
        start = time.monotonic()
        gw.text("T1", "mungese 5A 2")
        self.taken(gw, 2)
        self.say("modem that restarted by itself", time.monotonic() - start)
        self.none_lost_none_doubled(gw, 2)


class Segments(Case):
    LONG = "mungese 6A " + " ".join(f"{n} pa arsye" for n in range(1, 21))

    def test_order_doubles_and_two_senders_of_one_reference(self):
        gw = self.gateway()
        gw.text("T1", self.LONG, ref=7, order="2,1")
        gw.text("T2", self.LONG.replace("6A", "5/1"), ref=7, dup=1)
        gw.settled(30)
        self.assertEqual(gw.count("messages"), 2)
        self.assertEqual(gw.count("messages", "have = 2 AND state = 'read'"), 2)

    def test_part_that_comes_late(self):
        gw = self.gateway()
        at = int(time.time())
        gw.text("T1", self.LONG, ref=9, drop=2, time=at)
        wait_for(lambda: gw.count("messages", "state = 'waiting' AND have = 1") == 1, 20, "the first part")
        gw.text("T1", self.LONG, ref=9, drop=1, time=at)
        self.taken(gw, 1)
        self.assertEqual(gw.count("messages", "have = 2"), 1)

    def test_part_that_never_comes_is_released_with_its_gap(self):
        gw = Gateway(edit=lambda t: quick(t) + "")
        self.addCleanup(gw.close)
        gw.init().run("--time-scale", 20000)
        gw.text("T1", self.LONG, ref=9, drop=2)
        wait_for(lambda: gw.count("messages", "state NOT IN ('waiting', 'ready')") == 1, 40, "the release")
        self.assertEqual(gw.rows("SELECT have, total FROM messages")[0], {"have": 1, "total": 2})


class Sending(Case):
    def state(self, gw):
        return gw.rows("SELECT state, attempts FROM outbox WHERE leg = 'sms' ORDER BY id DESC LIMIT 1")[0]

    def test_refusals_of_each_class(self):
        gw = self.gateway(lambda t: quick(t).replace("day_limit = 100000;", "day_limit = 100000; circuit_failures = 100;"))
        for code, want in ((38, "queued"), (331, "queued"), (500, "queued"), (28, "queued"), (69, "queued"),
                           (1, "failed")):
            before = gw.count("outbox", "leg = 'sms'")
            gw.sim.fault("cms", code, 1)
            gw.text("T1", "NDIHME")
            wait_for(lambda: gw.count("outbox", "leg = 'sms'") > before and
                     self.state(gw)["state"] not in ("submitting",) and self.state(gw)["attempts"] > 0, 20, "an outcome")
            self.assertEqual(self.state(gw), {"state": want, "attempts": 1}, code)
            gw.sim.fault("none")

    def test_no_answer_is_uncertain_and_sent_once(self):
        gw = self.gateway()
        gw.sim.fault("noanswer", 1)
        gw.text("T1", "NDIHME")
        start = time.monotonic()
        wait_for(lambda: gw.count("outbox", "state = 'uncertain'") == 1, 40, "uncertain")
        self.say("no answer after Ctrl-Z: uncertain after", time.monotonic() - start)
        gw.text("T1", "INFO")
        gw.settled(30)
        self.assertEqual(len(gw.sim.sent()), 2)
        self.assertEqual(gw.count("outbox", "state = 'uncertain'"), 1)

    def test_late_answer(self):
        gw = self.gateway()
        gw.sim.fault("late", 900, 1)
        gw.text("T1", "NDIHME")
        gw.settled(30)
        self.assertEqual(len(gw.sim.sent()), 1)
        state = self.state(gw)
        self.assertIn(state["state"], ("sent", "delivered"))  # its report may be there already
        self.assertEqual(state["attempts"], 1)

    def test_reports_late_twice_and_never(self):
        gw = self.gateway()
        gw.text("T1", "NDIHME")
        gw.settled(30)
        self.assertEqual(self.state(gw)["state"], "sent")  # none came
        gw.sim.ctl("report delay=500")
        wait_for(lambda: self.state(gw)["state"] == "delivered", 20, "a late report")
        gw.sim.ctl("report")
        gw.text("T1", "INFO")
        gw.settled(30)
        self.assertEqual(gw.count("outbox", "state = 'delivered'"), 1)
        self.assertEqual(gw.count("outbox", "state = 'sent'"), 1)


class Sim(Case):
    def broken(self, fault, edit=quick):
        gw = Gateway(edit=edit)
        self.addCleanup(gw.close)
        gw.sim.fault(*fault)
        gw.init().run(wait=False)
        wait_for(gw.up, 20, "the hub")
        return gw

    def why(self, gw, words):
        wait_for(lambda: re.search(words, gw.worker("sim1")["reason"]), 20, words)
        out = gw.command("status", check=False)
        self.assertEqual(out.returncode, 1)
        self.assertRegex(out.stdout, words)

    def test_missing_wanted_and_puk_are_said_in_words(self):
        for fault, words in ((["nosim"], "no SIM"), (["pin", "4321"], "wants a PIN"), (["puk"], "PUK")):
            with self.subTest(fault[0]):
                gw = self.broken(fault)
                self.why(gw, words)
                if fault[0] != "nosim":
                    wait_for(lambda: "alarm=modem.down" in gw.log(), 20, "the alarm")
                gw.sim.fault("none")
                gw.close()

    def test_refused_pin_is_tried_once_over_restarts(self):
        def with_pin(pin):
            return lambda t: quick(t).replace("sweep_s = 5;", f'sweep_s = 5; pin = "{pin}";', 1)
        gw = self.broken(["pin", "4321"], with_pin("1111"))
        self.why(gw, "refused the configured PIN|did not take the PIN")
        for n in range(3):
            gw.stop_hub(9 if n == 1 else 15)
            gw.run(wait=False)
            wait_for(gw.up, 20, "the hub")
            self.why(gw, "refused the configured PIN")
        self.assertEqual(gw.sim.stats()["pin_attempts"], 1)
        gw.edit = with_pin("4321")
        gw.write_config()
        gw.hub.send_signal(1)
        wait_for(gw.ready, 30, "the modem with the right PIN")
        self.assertEqual(gw.sim.stats()["pin_attempts"], 2)
        gw.text("T1", "mungese 5A 1")
        self.none_lost_none_doubled(gw, 1)


class Network(Case):
    def test_lost_network_lets_texts_wait_and_is_told_once(self):
        gw = self.gateway()
        gw.sim.ctl("creg 2")
        wait_for(lambda: "network=searching" in gw.log(), 30, "the loss")
        gw.command("send", "H1", "mbledhja")
        wait_for(lambda: gw.agency.requests(), 100, "the alarm")
        alarms = [r.json() for r in gw.agency.requests()]
        self.assertEqual([a["type"] for a in alarms], ["modem.down"])
        self.assertEqual(gw.count("outbox", "leg = 'sms' AND attempts > 0"), 0)
        gw.sim.ctl("creg 1")
        start = time.monotonic()
        gw.sim.wait_sent(1, 30)
        self.say("network back: text sent after", time.monotonic() - start)
        self.assertEqual(len(gw.agency.requests()), 1)

    def test_denied(self):
        gw = self.gateway()
        gw.sim.ctl("creg 3")
        wait_for(lambda: "network=denied" in gw.log(), 30, "the denial")
        gw.sim.ctl("creg 5")
        wait_for(lambda: "network=roaming" in gw.log(), 30, "roaming")
        gw.text("T1", "mungese 5A 1")
        self.none_lost_none_doubled(gw, 1)


class Several(Case):
    def both(self, prefixes):
        other = SimModem()
        self.addCleanup(other.stop)

        def edit(text):
            text = second_modem(other)(text)
            return text.replace('name = "sim2";', 'name = "sim2"; prefixes = [ %s ];' % prefixes)
        return other, self.gateway(edit)

    def test_prefix_first_and_another_when_it_has_no_network(self):
        other, gw = self.both('"+355691000001"')  # T1's
        gw.command("send", "T1", "nje")
        gw.command("send", "H1", "dy")
        other.wait_sent(1, 20)
        gw.sim.wait_sent(1, 20)
        self.assertEqual([m["to"] for m in other.sent()], [gw.number("T1")])
        other.ctl("creg 2")
        wait_for(lambda: "modem=sim2 network=searching" in gw.log(), 30, "the loss")
        gw.command("send", "T1", "tre")
        gw.sim.wait_sent(2, 20)
        self.assertEqual(gw.sim.sent()[-1]["to"], gw.number("T1"))
        self.assertEqual(len(other.sent()), 1)

    def test_load_is_shared(self):
        other, gw = self.both("")
        for n in range(8):
            gw.command("send", "H1", f"teksti {n}")
        wait_for(lambda: len(other.sent()) + len(gw.sim.sent()) == 8, 40, "eight texts")
        self.assertGreaterEqual(len(other.sent()), 2)
        self.assertGreaterEqual(len(gw.sim.sent()), 2)


class Limits(Case):
    def test_a_number_gets_so_many_an_hour_and_one_word_is_said(self):
        gw = self.gateway(lambda t: quick(t).replace("recipient_hour_limit = 1000", "recipient_hour_limit = 3"))
        for n in range(6):
            gw.command("send", "H1", f"teksti {n}")
        gw.settled()
        self.assertEqual(len(gw.sent_to("H1")), 3)
        self.assertEqual(gw.count("outbox", "state = 'queued' AND reporter = 'H1'"), 3)
        self.assertEqual(gw.count("audit", "verb = 'sms.hour_limit'"), 1)
        self.assertEqual(len(gw.sent_to("C1")), 1)
        self.assertIn("H1", gw.sent_to("C1")[0])


class Ladder(Case):
    """The hard steps, begun on the rung that an earlier run had reached: counters outlive restarts."""

    def on_rung(self, text, edit=quick):
        gw = Gateway(edit=edit)
        self.addCleanup(gw.close)
        gw.init()
        with sqlite3.connect(os.path.join(gw.dir, "kujdestar.db")) as db:
            db.execute("INSERT INTO meta (name, value) VALUES ('modem.sim1', ?)", (text,))
        return gw

    def test_restart_of_the_modem(self):
        gw = self.on_rung("1 0 0 0 0 1")
        gw.sim.ctl("onreset away=500")
        gw.run()
        self.assertEqual(gw.sim.stats()["resets"], 1)
        gw.text("T1", "mungese 5A 1")
        self.none_lost_none_doubled(gw, 1)

    def test_power_cycle_runs_once_without_a_shell(self):
        mark = os.path.join(tempfile.mkdtemp(), "a $(b) c")
        self.addCleanup(shutil.rmtree, os.path.dirname(mark))
        gw = self.on_rung("2 0 0 0 0 1", lambda t: quick(t).replace(
            "sweep_s = 5;", 'sweep_s = 5; power_cycle = [ "/usr/bin/mkdir", "%s" ];' % mark, 1))
        gw.run()
        self.assertTrue(os.path.isdir(mark))
        self.assertEqual(gw.log().count("step=power program="), 1)
        gw.text("T1", "mungese 5A 1")
        self.none_lost_none_doubled(gw, 1)


class Ussd(Case):
    def test_each_coding_is_read_and_dialled_once(self):
        gw = self.gateway()
        gw.sim.ctl("ussd *100# dcs=15 Gjendja 1500 ALL")
        gw.sim.ctl("ussd *101# dcs=72 Gjendja\u00eb 20 L\u00eb")
        gw.sim.ctl("ussd *102# dcs=15 1500")
        self.assertEqual(gw.command("ussd", "sim1", "*100#").stdout, "Gjendja 1500 ALL\n")
        self.assertEqual(gw.command("ussd", "sim1", "*101#").stdout, "Gjendja\u00eb 20 L\u00eb\n")
        self.assertEqual(gw.command("ussd", "sim1", "*102#").stdout, "1500\n")
        p = gw.command("ussd", "sim1", "*999#", check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn("does not know", p.stderr)
        self.assertEqual(gw.command("ussd", "sim1", "12;34", check=False).returncode, 65)
        self.assertEqual(gw.command("ussd", "sim9", "*100#", check=False).returncode, 65)
        self.assertEqual(gw.sim.stats()["ussd"], 4)
        gw.text("T1", "mungese 5A 1")
        self.none_lost_none_doubled(gw, 1)
        self.assertEqual(gw.count("audit", "verb = 'ussd'"), 4)

    def test_packed_by_a_huawei(self):
        gw = self.gateway(model="E173")
        gw.sim.ctl("ussd *100# dcs=15 Gjendja 1500 ALL")
        self.assertEqual(gw.command("ussd", "sim1", "*100#").stdout, "Gjendja 1500 ALL\n")


class Doctor(Case):
    def test_says_what_to_mend(self):
        gw = self.gateway()
        p = gw.command("doctor", check=False)
        self.assertEqual((p.returncode, p.stdout.splitlines()[-1]), (0, "0 to mend"), p.stdout)
        self.assertIn("network home", p.stdout)
        os.chmod(os.path.join(gw.dir, "master.key"), 0o644)
        gw.sim.ctl("creg 3")
        wait_for(lambda: "network=denied" in gw.log(), 30, "the denial")
        p = gw.command("doctor", check=False)
        self.assertEqual(p.returncode, 1)
        self.assertRegex(p.stdout, r"!!  key file .*chmod 0600")
        self.assertRegex(p.stdout, r"!!  sim1 .*denied")
        os.chmod(os.path.join(gw.dir, "master.key"), 0o600)

    def test_without_a_hub_the_modem_is_examined_and_left_as_it_is(self):
        gw = Gateway(edit=quick)
        self.addCleanup(gw.close)
        gw.init()
        for n in range(1, 4):
            gw.text("T1", f"mungese 5A {n}")
        p = gw.command("doctor", check=False)
        self.assertEqual((p.returncode, p.stdout.splitlines()[-1]), (0, "0 to mend"), p.stdout)
        for words in ("does not run", "network home, signal 60 %", "service centre: known",
                      "new texts are announced", "SIM memory 3 of 20"):
            self.assertIn(words, p.stdout)
        self.assertEqual(len(gw.sim.stored()), 3)
        for fault, words in ((["nosim"], "no SIM: push it in"), (["puk"], "PUK"), (["pin", "4321"], "PIN"),
                             (["mute"], "does not answer AT"), (["refuse", "+CSCA"], "SIM memory")):
            with self.subTest(fault[0]):
                gw.sim.fault(*fault)
                p = gw.command("doctor", check=False)
                self.assertIn(words, p.stdout)
                gw.sim.fault("none")
        self.assertEqual(gw.sim.stats()["pin_attempts"], 0)
        gw.sim.ctl("creg 3")
        self.assertRegex(gw.command("doctor", check=False).stdout, r"!!  sim1 .*denied")
        gw.sim.ctl("creg 1")
        gw.run()
        self.none_lost_none_doubled(gw, 3)


if __name__ == "__main__":
    unittest.main()
