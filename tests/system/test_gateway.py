"""The whole way of a text with the real binaries and the real libgammu: phone to row, reply, agency."""
import base64
import os
import signal
import socket
import sqlite3
import subprocess
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for


class TheWay(unittest.TestCase):
    """One gateway for all of these: each test looks at what its own text did."""

    @classmethod
    def setUpClass(cls):
        cls.gw = Gateway(edit=no_guards).init().run()

    @classmethod
    def tearDownClass(cls):
        cls.gw.close()

    def send(self, who, text, **options):
        last = self.gw.rows("SELECT coalesce(max(id), 0) AS id FROM messages")[0]["id"]
        before = len(self.gw.sim.sent())
        self.gw.text(who, text, **options)
        self.gw.settled()
        message = self.gw.rows("SELECT * FROM messages WHERE id > ?", last)
        sent = [m for m in self.gw.sim.sent()[before:] if m["to"] == self.gw.number(who)]
        return message, [m["text"] for m in sent]

    def test_absence_leaves_rows_and_a_reply(self):
        message, replies = self.send("T1", "MUNGESE 5A 12 17")
        self.assertEqual(len(message), 1)
        self.assertEqual(message[0]["state"], "read")
        rows = self.gw.rows("SELECT pupil, category FROM absences WHERE message = ? ORDER BY pupil",
                            message[0]["id"])
        self.assertEqual([(r["pupil"], r["category"]) for r in rows], [(12, "unknown"), (17, "unknown")])
        self.assertEqual(len(replies), 1)
        self.assertIn("12,17", replies[0])

    def test_letters_outside_gsm7_read_the_same(self):
        message, replies = self.send("T1", "Mungesë 5B 12, 17")
        rows = self.gw.rows("SELECT pupil FROM absences WHERE message = ? ORDER BY pupil", message[0]["id"])
        self.assertEqual([r["pupil"] for r in rows], [12, 17])
        self.assertNotIn("ë", replies[0])

    def test_segments_join_in_any_order(self):
        text = "Pershendetje, " + "mungese 6A " + " ".join(f"{n} pa arsye" for n in range(1, 21))
        message, _ = self.send("T1", text, order="2,1")
        self.assertEqual((message[0]["total"], message[0]["have"]), (2, 2))
        self.assertEqual(self.gw.count("absences", f"message = {message[0]['id']}"), 20)

    def test_a_segment_delivered_twice_is_one_record(self):
        message, replies = self.send("T3", "mungese 6B 4", dup="1")
        self.assertEqual((len(message), len(replies)), (1, 1))

    def test_case_reaches_the_coordinator_and_the_municipality(self):
        self.gw.agency.clear()
        message, replies = self.send("O1", "RAST LYP Z4 M11")
        case = self.gw.rows("SELECT * FROM cases WHERE message = ?", message[0]["id"])[0]
        self.assertIn(case["code"], replies[0])
        self.assertIn(case["code"], self.gw.sent_to("C1")[-1])
        requests = self.gw.agency.wait(1)
        self.assertEqual([r["path"] for r in requests], ["/mun"])
        body = requests[0].json()
        self.assertEqual(body["type"], "case.new")
        self.assertEqual(body["data"]["case"], case["code"])
        self.verify_with_openssl(requests[0])

    def verify_with_openssl(self, request):
        """Standard Webhooks v1 by code that is not ours."""
        key = base64.b64decode(self.gw.secrets["MUN"].removeprefix("whsec_"))
        signed = f"{request.header('webhook-id')}.{request.header('webhook-timestamp')}.".encode() + request.bytes()
        out = subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}",
                              "-binary"], input=signed, capture_output=True, check=True).stdout
        self.assertEqual(request.header("webhook-signature"), "v1," + base64.b64encode(out).decode())
        self.assertEqual(request.header("idempotency-key"), f'"{request.header("webhook-id")}"')

    def test_a_delivery_is_tried_again_under_one_id(self):
        self.gw.agency.clear()
        self.gw.agency.ctl("answer 503 count=1")
        self.send("O1", "RAST PUN Z5 M12")
        requests = self.gw.agency.wait(2, 30)
        self.assertEqual([r["status"] for r in requests], [503, 200])
        self.assertEqual(requests[0].header("webhook-id"), requests[1].header("webhook-id"))
        self.assertEqual(requests[0].bytes(), requests[1].bytes())

    def test_several_reports_of_a_form_in_one_text(self):
        message, replies = self.send("T1", "UJE SH1 ska 3; UJE SH1 ok")
        rows = self.gw.rows("SELECT intent, keys FROM readings WHERE message = ? ORDER BY ordinal", message[0]["id"])
        self.assertEqual([r["intent"] for r in rows], ["form:water", "form:water"])
        self.assertIn("none", rows[0]["keys"])
        self.assertIn("ok", rows[1]["keys"])
        self.assertEqual(len(replies), 1)

    def test_names_are_refused_and_gone(self):
        message, replies = self.send("T1", "Mungese 5A Filan Fisteku")
        self.assertNotIn("Filan", replies[0])
        self.assertEqual(self.gw.count("absences", f"message = {message[0]['id']}"), 0)
        for name in ("kujdestar.db", "kujdestar.db-wal", "keyring.db", "log"):
            with open(os.path.join(self.gw.dir, name), "rb") as f:
                self.assertNotIn(b"Fisteku", f.read(), name)

    def test_what_was_destroyed_leaves_the_log_once_its_reader_goes(self):
        wal = os.path.join(self.gw.dir, "kujdestar.db-wal")
        reader = sqlite3.connect(os.path.join(self.gw.dir, "kujdestar.db"), isolation_level=None)
        try:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM messages").fetchone()
            self.send("T1", "Mungese 5A Filan Fisteku")
            self.assertGreater(os.path.getsize(wal), 0)
            reader.execute("ROLLBACK")
        finally:
            reader.close()
        wait_for(lambda: os.path.getsize(wal) == 0, 10, "the log cut, and no other text came")

    def test_numbers_and_texts_are_nowhere_in_clear(self):
        self.send("T2", "mungese 5/1 3")
        for name in ("kujdestar.db", "kujdestar.db-wal", "keyring.db", "log"):
            with open(os.path.join(self.gw.dir, name), "rb") as f:
                data = f.read()
            self.assertNotIn(b"691000002", data, name)
            self.assertNotIn(b"mungese 5/1", data, name)

    def test_unknown_number_learns_nothing(self):
        _, replies = self.send("+355697654321", "STATUS E26-0147-V")
        cases = self.gw.count("cases")
        for reply in replies:
            self.assertNotIn("E26", reply)
        _, replies = self.send("+355697654321", "RAST LYP Z4 M11")
        self.assertEqual(self.gw.count("cases"), cases)
        self.assertEqual(replies, [])  # one reply a day

    def test_an_undecodable_segment_is_kept_aside_and_the_next_is_read(self):
        before = self.gw.count("segments", "state = 'quarantined'")
        self.gw.sim.pdu("0791539111161616640C91")
        _, replies = self.send("T1", "mungese 9B 7")
        self.assertTrue(replies)
        self.assertEqual(self.gw.count("segments", "state = 'quarantined'"), before + 1)

    def test_delivery_report_reaches_the_row(self):
        self.gw.sim.ctl("reports auto delay=10")
        message, _ = self.send("T1", "NDIHME")
        wait_for(lambda: self.gw.count("outbox", f"message = {message[0]['id']} AND state = 'delivered'"), 15,
                 "the report")
        self.gw.sim.ctl("reports off")

    def test_a_refused_text_is_failed_and_others_go_on(self):
        self.gw.sim.fault("cms", 1, 1)  # unassigned number: never tried again
        message, replies = self.send("T1", "NDIHME")
        rows = self.gw.rows("SELECT state FROM outbox WHERE message = ?", message[0]["id"])
        self.assertEqual([r["state"] for r in rows], ["failed"])
        _, replies = self.send("T1", "INFO")
        self.assertTrue(replies)

    def test_no_answer_after_ctrl_z_is_uncertain_and_not_sent_again(self):
        # Shorter than the worker's own deadline is not possible: the hub is asked to give up the worker.
        before = len(self.gw.sim.sent())
        self.gw.sim.fault("noanswer", 1)
        self.gw.text("T1", "NDIHME")
        self.gw.sim.wait(f"sent>={before + 1}")
        os.kill(self.gw.worker(self.gw.modem_name())["pid"], signal.SIGKILL)
        wait_for(self.gw.ready, 30, "a new worker")
        self.gw.settled()
        self.assertEqual(len(self.gw.sim.sent()), before + 1)
        self.assertEqual(self.gw.count("outbox", "state = 'uncertain'"), 1)

    def test_commands_answer_in_words_and_json(self):
        self.assertIn("running", self.gw.command("status").stdout)
        contacts = self.gw.command("contact", "list", json_out=True)["contacts"]
        self.assertEqual(len(contacts), len(self.gw.roster))
        self.assertNotIn(self.gw.number("T1"), str(contacts))
        p = self.gw.command("case", "show", "E26-9999-X", check=False)
        self.assertEqual(p.returncode, 65)
        p = self.gw.command("frobnicate", check=False)
        self.assertEqual(p.returncode, 64)

    def test_reading_a_case_is_recorded(self):
        self.send("O1", "RAST LYP Z4 M9")
        code = self.gw.command("case", "list", json_out=True)["cases"][0]["case"]
        self.gw.command("case", "show", code)
        self.assertEqual(self.gw.count("audit", f"verb = 'case.read' AND object = '{code}'"), 1)

    def test_a_contact_is_written_to(self):
        before = len(self.gw.sent_to("H1"))
        self.gw.command("send", "H1", "Mbledhja", "eshte", "neser")
        wait_for(lambda: len(self.gw.sent_to("H1")) > before, 15, "the text")
        self.assertEqual(self.gw.sent_to("H1")[-1], "Mbledhja eshte neser")
        p = self.gw.command("send", "+355699999999", "x", check=False)
        self.assertEqual(p.returncode, 65)


class Living(unittest.TestCase):
    """Stops, restarts, reloads, lost workers: a gateway each."""

    def test_sigterm_drains_and_the_next_run_goes_on(self):
        with Gateway() as gw:
            gw.init().run()
            for n in range(1, 11):
                gw.text("T1", f"mungese 5A {n}")
            self.assertEqual(gw.stop_hub(), 0)
            gw.run()
            gw.settled()
            self.assertEqual(gw.count("messages"), 10)
            self.assertEqual(gw.count("absences", "state = 'stands'"), 10)
            self.assertNotIn("did not end cleanly", gw.log())

    def test_sighup_reloads_or_keeps_the_old_and_says_why(self):
        with Gateway() as gw:
            gw.init().run()
            pid = gw.worker("courier")["pid"]
            gw.write_config(lambda text: text.replace("site", "sight", 1))
            gw.hub.send_signal(signal.SIGHUP)
            wait_for(lambda: "reload=refused" in gw.log(), 10, "the refusal")
            self.assertRegex(gw.log(), r"kujdestar\.cfg:\d+:")
            gw.text("T1", "mungese 5A 12")
            gw.settled()
            self.assertEqual(gw.count("messages"), 1)
            gw.write_config()
            gw.hub.send_signal(signal.SIGHUP)
            wait_for(lambda: "reload=ok" in gw.log(), 10, "the reload")
            self.assertEqual(gw.worker("courier")["pid"], pid)  # nothing of it changed

    def test_systemd_hears_of_start_beat_reload_and_stop(self):
        with Gateway() as gw:
            path = os.path.join(gw.dir, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
                s.bind(path)
                s.settimeout(20)
                gw.init().run(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})

                def hear(word):
                    until = time.monotonic() + 20
                    while time.monotonic() < until:
                        if word in s.recv(4096).decode():
                            return
                    self.fail(f"{word} was not said")
                hear("READY=1")
                hear("WATCHDOG=1")
                hear("WATCHDOG=1")
                gw.hub.send_signal(signal.SIGHUP)
                hear("RELOADING=1")
                hear("READY=1")
                gw.hub.send_signal(signal.SIGTERM)
                hear("STOPPING=1")

    def test_texts_past_their_days_cannot_be_read_any_more(self):
        with Gateway(edit=lambda t: t.replace("store = {", "store = { raw_days = 1;", 1)) as gw:
            gw.init().run("--start-at", "2026-11-16T09:00", "--time-scale", "60000")
            gw.text("T1", "mungese 5A 12", time=wait_for(lambda: gw.status()["now"], 5))
            wait_for(lambda: gw.count("messages", "state = 'read'"), 20, "the text to be read")
            with sqlite3.connect(f"file:{gw.dir}/keyring.db?mode=ro", uri=True) as ring:
                lost = "SELECT count(*) FROM keys WHERE kind = 'day' AND destroyed IS NOT NULL AND wrapped IS NULL"
                wait_for(lambda: ring.execute(lost).fetchone()[0], 30, "the day's key to be destroyed")
            self.assertEqual(gw.count("absences", "state = 'stands'"), 1)

    def test_lost_workers_are_replaced(self):
        with Gateway() as gw:
            gw.init().run()
            for name in ("courier", gw.modem_name()):
                pid = gw.worker(name)["pid"]
                os.kill(pid, signal.SIGKILL)
                wait_for(lambda: gw.ready() and gw.worker(name)["pid"] != pid, 30, f"a new {name}")
            gw.text("O1", "RAST LYP Z4 M11")
            gw.settled()
            self.assertEqual(len(gw.agency.requests()), 1)

    def test_modem_unplugged_and_back(self):
        with Gateway() as gw:
            gw.init().run()
            gw.sim.fault("hangup", 500)
            gw.text("T1", "mungese 5A 12")
            wait_for(lambda: gw.count("messages") == 1, 30, "the text")
            self.assertTrue(gw.reply_to("T1"))

    def test_two_gateways_do_not_share_a_store(self):
        with Gateway() as gw:
            gw.init().run()
            p = gw.command("run", check=False)
            self.assertEqual(p.returncode, 75)
            self.assertIn("another kujdestar holds the store", p.stderr)

    def test_commands_work_without_the_hub(self):
        with Gateway() as gw:
            gw.init()
            p = gw.command("status", check=False)
            self.assertEqual(p.returncode, 3)
            gw.command("send", "--as", "T1", "mungese 5A 12")
            gw.run()
            gw.settled()
            self.assertEqual(gw.count("absences", "state = 'stands'"), 1)


if __name__ == "__main__":
    unittest.main()
