"""Codes of the SIM: menus answered by a person and by the configuration, credit and validity asked on a
schedule and told once, vouchers that leave no trace.  Real binaries, real libgammu, simulated network.
"""
import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for

BALANCE = ('balance = { code = "*123#"; low = 200; every_h = 24; amount = "balanca[^0-9]*([0-9.,]+)"; '
           'sample = "Balanca juaj eshte 350.50 L"; };')
VALIDITY = ('validity = { code = "*124#"; answers = [ "2", "1" ]; days = 7; date = "deri ([0-9.]+)"; '
            'sample = "Vlen deri 31.12.2026"; };')
TOPUP = 'topup = { code = "*122*{voucher}#"; };'
VOUCHER = "12345678901234"


def with_codes(*codes):
    def edit(text):
        text = no_guards(text)
        more = "network_s = 5; call_s = 6; send_s = 8; " + " ".join(codes)
        return re.sub(r"sweep_s = 5;", "sweep_s = 5; " + more, text)
    return edit


class Case(unittest.TestCase):
    def gateway(self, *codes, run=True, **sim_options):
        gw = Gateway(sim_options=sim_options, edit=with_codes(*codes))
        self.addCleanup(gw.close)
        gw.init()
        return gw.run() if run else gw

    def kept(self, gw, kind):
        rows = gw.rows("SELECT value FROM meta WHERE name = ?", f"{kind}.sim1")
        return rows[0]["value"].split() if rows else None

    def dialled(self, gw):
        return gw.sim.stats()["ussd"]


class Menus(Case):
    def menu(self, gw):
        gw.sim.ctl("ussd *111# status=1 1 Kredia\\n2 Paketa")
        gw.sim.ctl("ussd *111#>1 status=1 dcs=72 1 Gjendja\u00eb 2 Kodi")
        gw.sim.ctl("ussd *111#>1>2 Kodi 77")

    def test_answers_from_the_arguments(self):
        gw = self.gateway()
        self.menu(gw)
        p = gw.command("ussd", "sim1", "*111#", "1", "2")
        self.assertEqual(p.stdout, "1 Kredia\n2 Paketa\n1 Gjendja\u00eb 2 Kodi\nKodi 77\n")
        self.assertEqual(self.dialled(gw), 3)
        o = gw.command("ussd", "sim1", "*111#", "1", "2", json_out=True)
        self.assertEqual([s["status"] for s in o["steps"]], [1, 1, 0])
        self.assertEqual((o["ok"], o["text"]), (True, "Kodi 77"))

    def test_an_answer_too_few_closes_the_session(self):
        gw = self.gateway()
        self.menu(gw)
        with_events = gw.sim.events()
        p = gw.command("ussd", "sim1", "*111#", "1")
        self.assertIn("session is closed", p.stderr)
        with_events.next("ussd_cancel")
        with_events.close()
        self.assertEqual(gw.command("ussd", "sim1", "*111#", "1", "2").stdout.splitlines()[-1], "Kodi 77")

    def test_an_answer_too_many_is_said_and_not_dialled(self):
        gw = self.gateway()
        gw.sim.ctl("ussd *100# Gjendja 5")
        p = gw.command("ussd", "sim1", "*100#", "1", check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn("asked nothing further", p.stderr)
        self.assertEqual(self.dialled(gw), 1)

    def test_a_person_at_the_terminal(self):
        gw = self.gateway()
        self.menu(gw)
        master, slave = pty.openpty()
        p = subprocess.Popen([os.path.join(gw.build, "kujdestar"), "--config", gw.cfg, "ussd", "sim1", "*111#"],
                             stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        os.close(slave)
        seen = ""
        for want, answer in (("> ", b"1\n"), ("> ", b"2\n")):
            while not seen.endswith(want):
                self.assertTrue(select.select([p.stderr], [], [], 20)[0])
                seen += os.read(p.stderr.fileno(), 100).decode()
            seen = ""
            os.write(master, answer)
        out, err = p.communicate(timeout=30)
        os.close(master)
        self.assertEqual((p.returncode, out.splitlines()[-1]), (0, "Kodi 77"), err)

    def test_texts_are_taken_while_a_menu_is_open_and_the_end_is_noticed(self):
        gw = self.gateway()
        self.menu(gw)
        o = gw.ask("ussd", modem="sim1", code="*111#")
        self.assertTrue(o["open"])
        gw.text("T1", "mungese 5A 12")
        gw.reply_to("T1")
        busy = gw.ask("ussd", modem="sim1", code="*100#")
        self.assertIn("another code is being dialled", busy["error"])
        gw.sim.ctl("ussd push status=2 delay=0 Koha mbaroi")
        wait_for(lambda: "ended the session" in gw.ask("ussd", answer="1", session=o["session"]).get("error", ""),
                 20, "the end of the session")
        self.assertEqual(self.dialled(gw), 1)  # the answer was not dialled as a code
        self.assertEqual(gw.command("ussd", "sim1", "*111#", "1", "2").stdout.splitlines()[-1], "Kodi 77")

    def test_session_of_another_and_a_worker_that_ends(self):
        gw = self.gateway()
        self.menu(gw)
        o = gw.ask("ussd", modem="sim1", code="*111#")
        self.assertIn("no such session", gw.ask("ussd", answer="1", session=o["session"] + 1)["error"])
        os.kill(gw.worker("sim1")["pid"], signal.SIGKILL)
        wait_for(lambda: gw.worker("sim1")["deaths"], 20, "the death")
        self.assertFalse(gw.ask("ussd", answer="1", session=o["session"])["ok"])
        wait_for(gw.ready, 30, "ready")
        self.assertEqual(gw.command("ussd", "sim1", "*111#", "1", "2").stdout.splitlines()[-1], "Kodi 77")

    def test_several_lines(self):
        gw = self.gateway()
        gw.sim.ctl("ussd *100# Gjendja\\n350 L\\nFaleminderit")
        self.assertEqual(gw.command("ussd", "sim1", "*100#").stdout, "Gjendja\n350 L\nFaleminderit\n")

    def test_packed_menus_of_a_huawei(self):
        gw = self.gateway(model="E173")
        self.menu(gw)
        self.assertEqual(gw.command("ussd", "sim1", "*111#", "1", "2").stdout.splitlines()[-1], "Kodi 77")


class Credit(Case):
    def test_asked_kept_told_once_until_it_rises(self):
        gw = self.gateway(BALANCE, run=False)
        gw.sim.ctl("ussd *123# Balanca juaj eshte 150,25 L")
        gw.run()
        wait_for(lambda: gw.sent_to("C1"), 30, "the alarm")
        gw.settled()
        self.assertEqual(gw.sent_to("C1"), ["SIM sim1: kredia 150.25. Mbushe, ndryshe mesazhet nuk dalin"])
        self.assertEqual(len(gw.sent_to("D1")), 1)
        event = gw.agency.requests()[0].json()
        self.assertEqual((event["type"], event["data"]["reason"]), ("modem.credit", "sim1: credit 150.25"))
        self.assertEqual(self.kept(gw, "credit")[2], "15025")
        self.assertIn("credit 150.25 (of ", gw.command("status", check=False).stdout)
        p = gw.command("doctor", check=False)
        self.assertRegex(p.stdout, r"!!  sim1 .*credit 150.25")
        # asked once, also over restarts
        gw.stop_hub(9)
        gw.run().settled()
        self.assertEqual(self.dialled(gw), 1)
        # still low: not told again; risen and low again: told
        for text, told in (("Balanca 120", 1), ("Balanca 900", 1), ("Balanca 100", 2)):
            gw.sim.ctl(f"ussd *123# {text}")
            self.assertIn("credit: " + text.split()[1], gw.command("ussd", "sim1", "--balance").stdout)
            gw.settled()
            self.assertEqual(len(gw.sent_to("C1")), told, text)
        self.assertEqual(gw.count("audit", "verb = 'modem.credit'"), 2)

    def test_asked_again_after_its_hours(self):
        gw = self.gateway(BALANCE, run=False)
        gw.sim.ctl("ussd *123# Balanca 900")
        gw.run("--time-scale", 7200)
        wait_for(lambda: self.dialled(gw) >= 3, 60, "the third question")
        values = gw.rows("SELECT at FROM audit WHERE verb = 'ussd' ORDER BY id")
        for a, b in zip(values, values[1:]):
            self.assertGreaterEqual(b["at"] - a["at"], 24 * 3600)
            self.assertLess(b["at"] - a["at"], 30 * 3600)

    def test_menu_of_the_configuration_and_an_end_that_is_near(self):
        gw = self.gateway(VALIDITY, run=False)
        soon = time.localtime(time.time() + 3 * 86400)
        gw.sim.ctl("ussd *124# status=1 1 Oferta 2 Llogaria")
        gw.sim.ctl("ussd *124#>2 status=1 1 Vlefshmeria")
        gw.sim.ctl("ussd *124#>2>1 Numri vlen deri " + time.strftime("%d.%m.%Y", soon))
        gw.run()
        wait_for(lambda: gw.sent_to("C1"), 30, "the alarm")
        self.assertIn("vlen deri " + time.strftime("%d.%m", soon), gw.sent_to("C1")[0])
        gw.settled()
        self.assertEqual(self.dialled(gw), 3)
        self.assertEqual(len(gw.sent_to("C1")), 1)
        self.assertIn("validity " + time.strftime("%Y-%m-%d", soon), gw.command("status", check=False).stdout)

    def test_an_answer_that_is_not_understood_is_told_once(self):
        gw = self.gateway(BALANCE, run=False)
        gw.sim.ctl("ussd *123# Sherbimi eshte i zene")
        gw.run()
        wait_for(lambda: gw.sent_to("C1"), 30, "the word of it")
        self.assertIn("nuk u lexua", gw.sent_to("C1")[0])
        p = gw.command("ussd", "sim1", "--balance", check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn("expression", p.stderr)
        gw.settled()
        self.assertEqual(len(gw.sent_to("C1")), 1)
        self.assertIn("not understood", gw.command("status", check=False).stdout)

    def test_silence_is_not_dialled_again_and_told_at_the_third(self):
        gw = self.gateway(BALANCE, run=False)
        gw.sim.ctl("ussd *123# delay=900000 Balanca 10")
        gw.run()
        wait_for(lambda: "outcome=\"no answer\"" in gw.log(), 70, "the silence")
        gw.stop_hub()
        gw.run().settled()
        self.assertEqual(self.dialled(gw), 1)
        self.assertEqual(gw.sent_to("C1"), [])
        self.assertEqual(self.kept(gw, "credit")[3:5], ["4", "1"])

    def test_waits_while_texts_are_owed(self):
        gw = self.gateway(BALANCE, run=False)
        gw.sim.ctl("ussd *123# Balanca 900")
        gw.sim.ctl("creg 2")
        gw.run()
        gw.command("send", "H1", "mbledhja")
        wait_for(lambda: "network=searching" in gw.log(), 30, "the loss")
        self.assertEqual(self.dialled(gw), 0)
        events = gw.sim.events()
        gw.sim.ctl("creg 1")
        gw.sim.wait("ussd>=1", 40)
        events.close()
        self.assertEqual(len(gw.sent_to("H1")), 1)


class Voucher(Case):
    def test_no_trace_of_its_digits_and_the_credit_is_asked_after(self):
        gw = self.gateway(TOPUP, BALANCE, run=False)
        gw.sim.ctl("ussd *123# Balanca 300")
        gw.sim.ctl(f"ussd *122*{VOUCHER}# U mbush 500 L")
        gw.run()
        wait_for(lambda: (self.kept(gw, "credit") or [0, 0, 0])[2] == "30000", 20, "the first answer")
        gw.sim.ctl("ussd *123# Balanca 800")
        self.assertEqual(gw.command("ussd", "sim1", "--topup", VOUCHER).stdout, "U mbush 500 L\n")
        wait_for(lambda: (self.kept(gw, "credit") or [0, 0, 0])[2] == "80000", 30, "the new credit")
        gw.command("ussd", "sim1", f"*122*{VOUCHER}#")
        gw.stop_hub()
        self.assertNotIn(VOUCHER, gw.log())
        self.assertNotIn(VOUCHER, str(gw.rows("SELECT * FROM audit")))
        self.assertIn("sim1 topup", str(gw.rows("SELECT object FROM audit")))

    def test_wrong_ones_are_refused_before_they_cost(self):
        gw = self.gateway(TOPUP)
        for words in (("--topup", "12a4"), ("--topup", "1" * 25), ("--balance",), ("--validity",)):
            p = gw.command("ussd", "sim1", *words, check=False)
            self.assertEqual(p.returncode, 65, words)
        self.assertEqual(gw.command("ussd", "sim1", "--topup", check=False).returncode, 64)
        self.assertEqual(self.dialled(gw), 0)

    def test_unknown_outcome_is_said_and_not_repeated(self):
        gw = self.gateway(TOPUP)
        gw.sim.ctl(f"ussd *122*{VOUCHER}# delay=900000 U mbush")
        p = gw.command("ussd", "sim1", "--topup", VOUCHER, check=False)
        self.assertEqual(p.returncode, 65)
        self.assertIn("look before you repeat", p.stderr)
        self.assertEqual(self.dialled(gw), 1)


if __name__ == "__main__":
    unittest.main()
