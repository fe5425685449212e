"""The systems agencies run, each with its traps, as the municipality's own."""
import re
import unittest

from gateway import Gateway, no_guards
from receivers import Cht, Dhis2, Primero, RapidPro
from simmodem import wait_for

FIELDS = """fields = ( { key = "concerns"; name = "concern"; }, { key = "age_band"; name = "age_group"; },
    { key = "sex"; name = "sex"; values = [ "M=male", "F=female" ]; }, { key = "zone"; name = "location"; } );"""


def municipality(there, settings):
    """MUN is this system."""
    def edit(text):
        block = f'{{ code = "MUN"; url = "{there.url}"; plain_http = true; allow_private = "127.0.0.0/8"; {settings} }},'
        text, n = re.subn(r'\{ code = "MUN";.*?\},', lambda m: block, text, count=1, flags=re.S)
        assert n == 1
        return no_guards(text) + "\ncourier = { circuit_failures = 50; };\n"
    return edit


class TestReceivers(unittest.TestCase):
    def settled(self, gw, state="delivered", n=1):
        wait_for(lambda: gw.count("outbox", f"agency = 'MUN' AND state = '{state}'") >= n, 30, state)
        return gw.rows("SELECT state, reason, phase, attempts FROM outbox WHERE agency = 'MUN'")

    # ---- Primero ----

    PRIMERO = 'receiver = "primero"; user = "gateway"; password = "long enough"; module = "primeromodule-cp"; ' + FIELDS

    def test_primero_keeps_one_case_under_our_id(self):
        with Primero() as there, Gateway(edit=municipality(there, self.PRIMERO)) as gw:
            gw.init().run()
            there.fail_after = 1  # kept, and the answer lost: the next try gets 409, which is success
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            (case_id, kept), = there.cases.items()
            self.assertEqual(case_id[14], "5")  # UUID version 5
            self.assertEqual({k: kept[k] for k in ("age_group", "sex", "location", "module_id")},
                             {"age_group": "6-11", "sex": "male", "location": "Z4", "module_id": "primeromodule-cp"})
            self.assertEqual(len(there.posts("/api/v2/cases")), 2)
            self.assertEqual(there.logins, 1)
            self.assertFalse(gw.count("audit", "verb = 'deliver.warn'"))

    def test_primero_dropped_fields_are_found_and_told(self):
        with Primero(known={"id", "module_id", "sex"}) as there, Gateway(edit=municipality(there, self.PRIMERO)) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            warned = gw.rows("SELECT result FROM audit WHERE verb = 'deliver.warn'")
            self.assertIn("age_group", warned[0]["result"])
            wait_for(lambda: any("jo te tere" in m for m in gw.sent_to("C1")), 20, "the coordinator hears")

    def test_primero_logs_in_again_when_its_token_is_old(self):
        with Primero(expire_after=2) as there, Gateway(edit=municipality(there, self.PRIMERO)) as gw:
            gw.init().run()
            for n in (1, 2, 3):
                gw.text("O1", f"RAST LYP Z{n} M1{n}")
            self.settled(gw, n=3)
            self.assertEqual(len(there.cases), 3)
            self.assertGreaterEqual(there.logins, 3)

    def test_primero_wrong_password_waits_and_does_not_knock(self):
        with Primero() as there, Gateway(edit=municipality(there, self.PRIMERO.replace("long enough", "wrong"))) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND failures > 0"), 20, "a failed login")
            self.assertIn("login refused", self.settled(gw, "queued")[0]["reason"])
            self.assertLess(there.logins, 4)

    def test_primero_later_news_of_a_case_is_one_flag_on_it(self):
        with Primero() as there, Gateway(edit=municipality(there, self.PRIMERO)) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z2 F15")
            self.settled(gw)
            code = gw.rows("SELECT code FROM cases")[0]["code"]
            there.fail_after = 1  # the flag is set and nobody hears: it is looked for, not set again
            gw.text("O1", f"NDJEK {code} nuk u gjet")
            self.settled(gw, n=2)
            (flags,) = there.flags.values()
            self.assertEqual(len(flags), 1)
            self.assertRegex(flags[0]["message"], r"^Kujdestar case\.not_found msg_[0-9a-v]+$")

    def test_primero_flag_of_a_server_that_failed_is_one_flag(self):
        with Primero() as there, Gateway(edit=municipality(there, self.PRIMERO)) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z2 F15")
            self.settled(gw)
            code = gw.rows("SELECT code FROM cases")[0]["code"]
            there.says_after = [502]
            gw.text("O1", f"NDJEK {code} nuk u gjet")
            self.settled(gw, n=2)
            (flags,) = there.flags.values()
            self.assertEqual(len(flags), 1)

    # ---- DHIS2 ----

    DHIS2 = 'receiver = "dhis2"; token = "d2pat_0123456789"; program = "Prog1234567"; stage = "Stag1234567"; ' \
            'units = [ "*=DiszpKrYNg8" ]; ' + FIELDS

    def test_dhis2_has_one_event_though_it_was_sent_twice(self):
        with Dhis2() as there, Gateway(edit=municipality(there, self.DHIS2)) as gw:
            gw.init().run()
            there.fail_after = 1
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            (event,) = there.events.values()
            self.assertRegex(event["event"], r"^[A-Za-z][A-Za-z0-9]{10}$")
            self.assertEqual((event["program"], event["orgUnit"], event["status"]), ("Prog1234567", "DiszpKrYNg8", "COMPLETED"))
            self.assertIn({"dataElement": "sex", "value": "male"}, event["dataValues"])
            self.assertEqual(len(there.posts("/api/tracker")), 2)

    def test_dhis2_refused_for_good_is_said_with_its_code(self):
        with Dhis2() as there, Gateway(edit=municipality(there, self.DHIS2.replace("DiszpKrYNg8", "wrong"))) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            self.assertIn("E1011", self.settled(gw, "dead")[0]["reason"])
            self.assertEqual(len(there.posts("/api/tracker")), 1)

    def test_dhis2_that_only_queued_is_not_taken_for_delivered(self):
        with Dhis2(queues=1) as there, Gateway(edit=municipality(there, self.DHIS2)) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            self.assertEqual(len(there.posts("/api/tracker")), 2)
            self.assertEqual(len(there.events), 1)

    def test_dhis2_gets_sums_of_attendance_where_a_mandate_says_so(self):
        keys = '[ "att_enrolled", "att_present", "att_unexcused", "att_days_reported" ]'
        row = (f'{{ rule = "M99"; event = "attendance.report"; agency = "MUN"; basis = "statistics"; keys = {keys}; }},')

        def with_row(gw, text):
            path = re.search(r'mandates = "([^"]+)"', text).group(1)
            with open(path, encoding="utf-8") as f:
                table = f.read().replace("mandates = (", "mandates = (" + row, 1)
            with open(f"{gw.dir}/mandates.cfg", "w", encoding="utf-8") as f:
                f.write(table)
            return text.replace(path, f"{gw.dir}/mandates.cfg")

        with Dhis2() as there, Gateway(edit=municipality(there, self.DHIS2)) as gw:
            gw.write_config(lambda text: with_row(gw, text))
            gw.init().run("--start-at", "2026-11-17T20:00", "--time-scale", "3600")
            gw.text("T1", "MUNGESE 5A 12 17", time=gw.status()["now"])
            wait_for(lambda: there.values, 60, "data values")
            wait_for(lambda: there.values.get(("ATT_DAYS_REPORTED", "20261117", "SH1_5A")) == "1", 60, "the day")
            self.assertEqual(there.values["ATT_UNEXCUSED", "20261117", "SH1_5A"], "2")
            self.assertEqual(int(there.values["ATT_ENROLLED", "20261117", "SH1_5A"]) -
                             int(there.values["ATT_PRESENT", "20261117", "SH1_5A"]), 2)
            self.assertNotIn("ATT_EXCUSED", {k[0] for k in there.values}, "no key, no value")
            self.assertFalse([k for k in there.values if k[2].startswith("SH2")])
            self.assertNotIn('"12"', "".join(str(p) for p in there.posts("/api/dataValueSets")), "no pupil")
            self.settled(gw)

    # ---- CHT ----

    CHT = 'receiver = "cht"; user = "gateway"; password = "long enough"; form = "KUJ"; ' + FIELDS

    def test_cht_of_unknown_outcome_is_held_and_never_repeated(self):
        with Cht() as there, Gateway(edit=municipality(there, self.CHT)) as gw:
            gw.init().run()
            there.fail_after = 1
            gw.text("O1", "RAST LYP Z4 M11")
            self.assertIn("perhaps delivered", self.settled(gw, "dead")[0]["reason"])
            wait_for(lambda: any("dihet" in m for m in gw.sent_to("C1")), 20, "the coordinator hears")
            self.assertEqual(len(there.documents), 1)
            gw.text("O1", "RAST LYP Z5 M12")
            self.settled(gw)
            self.assertEqual(len(there.documents), 2)
            self.assertEqual(there.documents[1]["location"], "Z5")
            self.assertRegex(there.documents[1]["kujdestar_id"], "^msg_")

    def test_cht_that_failed_itself_may_have_it_all_the_same(self):
        for status, posts in ((500, 1), (502, 1), (504, 1), (503, 2), (429, 2)):
            with Cht() as there, Gateway(edit=municipality(there, self.CHT)) as gw:
                gw.init().run()
                there.says_after = [status]
                gw.text("O1", "RAST LYP Z4 M11")
                if posts == 1:
                    self.assertIn(f"held: perhaps delivered (answered status={status})", self.settled(gw, "dead")[0]["reason"])
                else:
                    self.settled(gw)
                self.assertEqual(len(there.posts("/api/v2/records")), posts, status)

    def test_an_answer_that_is_too_long_is_an_answer(self):
        """It was taken: to send it again would make a second document."""
        with Cht() as there, Gateway(edit=municipality(there, self.CHT)) as gw:
            gw.init().run()
            there.says_after = [200]
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            self.assertEqual(len(there.documents), 1)

    def test_cht_faults_in_a_form_are_told(self):
        with Cht(errors=[{"code": "sys.facility_not_found"}]) as there, Gateway(edit=municipality(there, self.CHT)) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            self.settled(gw)
            self.assertTrue(gw.count("audit", "verb = 'deliver.warn'"))

    # ---- RapidPro ----

    RAPIDPRO = 'receiver = "rapidpro"; token = "0123456789abcdef"; form = "f1"; urns = [ "tel:+355691234567" ]; ' + FIELDS

    def test_rapidpro_start_of_unknown_outcome_is_looked_for(self):
        for lost, posts in (("fail_after", 1), ("fail_before", 2)):
            with RapidPro() as there, Gateway(edit=municipality(there, self.RAPIDPRO)) as gw:
                gw.init().run()
                setattr(there, lost, 1)
                gw.text("O1", "RAST LYP Z4 M11")
                self.settled(gw)
                self.assertEqual(len(there.starts), 1, lost)
                self.assertEqual(len(there.posts("/api/v2/flow_starts")), posts, lost)
                self.assertTrue(any(m == "GET" for m, _, _ in there.calls))

    def test_rapidpro_that_failed_itself_is_looked_through(self):
        for status in (500, 502, 504):
            with RapidPro() as there, Gateway(edit=municipality(there, self.RAPIDPRO)) as gw:
                gw.init().run()
                there.says_after = [status]
                gw.text("O1", "RAST LYP Z4 M11")
                self.settled(gw)
                self.assertEqual(len(there.starts), 1, status)

    def test_rapidpro_refusal_is_for_good(self):
        with RapidPro() as there, Gateway(edit=municipality(there, self.RAPIDPRO.replace('"f1"', '"none"'))) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            self.assertIn("400", self.settled(gw, "dead")[0]["reason"])
            self.assertEqual(len(there.starts), 0)


class TestAgencyTest(unittest.TestCase):
    """`agency test` changes nothing there and says in words what is wrong."""

    def words(self, there, settings, change=None, agency="MUN"):
        edit = municipality(there, settings)
        with Gateway(edit=lambda text: change(edit(text)) if change else edit(text)) as gw:
            gw.init().run()
            p = gw.command("agency", "test", agency, check=False)
            return p.returncode, p.stdout + p.stderr

    def test_in_words(self):
        with Dhis2() as there:
            good = TestReceivers.DHIS2
            status, words = self.words(there, good.replace("d2pat_0123456789", "d2pat_x"))
            self.assertEqual(status, 69)
            self.assertIn("does not let us in", words)
        with Primero() as there:
            status, words = self.words(there, TestReceivers.PRIMERO.replace("long enough", "wrong"))
            self.assertIn("does not let us in", words)
            self.assertEqual((there.cases, there.flags), ({}, {}))
            status, words = self.words(there, TestReceivers.PRIMERO, lambda text: text.replace('allow_private = "127.0.0.0/8"; receiver', 'receiver'))
            self.assertIn("allow_private", words)
            status, words = self.words(there, TestReceivers.PRIMERO, agency="NPF")
            self.assertEqual(status, 65)
            self.assertIn("bare SMS", words)
        status, words = self.words(there, TestReceivers.PRIMERO)
        self.assertEqual(status, 69)
        self.assertIn("cannot be reached", words)


if __name__ == "__main__":
    unittest.main()
