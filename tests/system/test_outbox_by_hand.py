"""What a person at the shell sees of deliveries that fail, and does about them."""
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for


def impatient(text):
    """An agency is left in peace after two failures, for an hour."""
    return no_guards(text) + "\ncourier = { circuit_failures = 2; circuit_s = 3600; };\n"


class ByHand(unittest.TestCase):
    def test_a_dead_agency_is_seen_explained_and_served_again(self):
        with Gateway(edit=impatient) as gw:
            gw.init().run()
            gw.agency.ctl("answer 503 path=/mun")
            gw.text("O1", "RAST LYP Z4 M11")
            wait_for(lambda: gw.count("circuits", "name = 'MUN' AND probe_at > 0"), 30, "left in peace")
            row = gw.rows("SELECT id, uid FROM outbox WHERE agency = 'MUN'")[0]
            wait_for(lambda: not gw.count("outbox", "leg = 'sms' AND state IN ('queued', 'submitting')"), 20, "texts are out")
            listed = gw.command("outbox", "list").stdout
            self.assertRegex(listed, rf"(?m)^{row['id']} +http +alert +case.new +MUN .*status=503$")
            self.assertEqual(len(listed.splitlines()), 2, "what arrived is owed no more")
            shown = gw.command("outbox", "show", row["id"]).stdout
            for words in (row["uid"], "failed 2 times in a row and is left in peace until", "`agency test MUN`"):
                self.assertIn(words, shown)
            self.assertRegex(shown, r"(?m)^2 .*courier +deferred +503 +deferred \d+s status=503$")
            self.assertNotIn("lypje", shown)
            self.assertNotIn("begging", shown)
            self.assertIn("out of order itself", gw.command("agency", "test", "MUN", check=False).stdout)
            doctor = gw.command("doctor", check=False).stdout
            self.assertRegex(doctor, "(?m)^!!  MUN +agency does not take deliveries")
            # mended there: a person need not wait for the next try
            gw.agency.ctl("reset")
            gw.command("outbox", "retry", row["id"])
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'delivered'"), 20, "it arrives")
            uids = [r.header("webhook-id") for r in gw.agency.requests() if r["method"] == "POST"]
            self.assertEqual(set(uids), {row["uid"]})
            self.assertIn("it is done with", gw.command("outbox", "show", row["id"]).stdout)
            wait_for(lambda: "(none)" in gw.command("outbox", "list").stdout, 20, "nothing owed any more")
            self.assertIn(row["uid"], gw.command("outbox", "list", "--all", json_out=True)["outbox"].__str__())

    def test_given_up_resent_and_dropped(self):
        with Gateway(edit=impatient) as gw:
            gw.init().run()
            gw.agency.ctl("answer 422 path=/mun")
            for n in (4, 5):
                gw.text("O1", f"RAST LYP Z{n} M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'dead'") == 2, 20, "two dead letters")
            first, second = (r["id"] for r in gw.rows("SELECT id FROM outbox WHERE agency = 'MUN' ORDER BY id"))
            self.assertIn("under the same uid", gw.command("outbox", "show", first).stdout)
            wait_for(lambda: any("MUN" in m for m in gw.sent_to("C1")), 20, "the coordinator hears")
            gw.agency.ctl("reset")
            gw.command("outbox", "retry", first)
            wait_for(lambda: gw.count("outbox", f"id = {first} AND state = 'delivered'"), 20, "resent")
            gw.command("outbox", "drop", second)
            wait_for(lambda: "(none)" in gw.command("outbox", "list").stdout, 20, "nothing owed any more")
            for words, status in ((("retry", first), 65), (("drop", first), 65), (("retry", 999), 65), (("show", 999), 65),
                                  (("list", "--state", "lost"), 65), (("show",), 64), (("show", "x"), 64), (("show", 0), 64),
                                  (("list", "--all", "--state", "dead"), 64), (("retry", first, "--all"), 64)):
                p = gw.command("outbox", *words, check=False)
                self.assertEqual(p.returncode, status, (words, p.stderr))
                self.assertTrue(p.stderr.startswith("kujdestar: ") or p.stderr.startswith("usage: "), p.stderr)
            self.assertEqual(gw.count("audit", "verb LIKE 'outbox.%'"), 2)

    def test_a_long_list_says_where_it_goes_on(self):
        with Gateway(edit=no_guards) as gw:
            gw.init().run()
            gw.agency.ctl("answer 422 path=/mun")
            for n in range(70):
                gw.text("O1", f"RAST LYP Z{n % 9 + 1} M{4 + n // 9}")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'dead'") >= 70, 60, "seventy")
            lines = gw.command("outbox", "list", "--state", "dead").stdout.splitlines()
            self.assertEqual(len(lines), 66)
            self.assertTrue(lines[-1].startswith("there are more: --after "))
            rest = gw.command("outbox", "list", "--state", "dead", "--after", lines[-1].split()[-1]).stdout
            self.assertIn(" http ", rest)
            self.assertNotIn("there are more", rest)


if __name__ == "__main__":
    unittest.main()
