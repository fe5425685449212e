"""A case from a phone to its end with the real binaries: reported, referred, accepted, visited, closed."""
import re
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for

PIN = "482913"


class FromAPhone(unittest.TestCase):
    def test_a_case_to_its_end(self):
        with Gateway(edit=no_guards) as gw:
            gw.init().run()

            def say(who, text):
                """The last text to the sender after it."""
                before = len(gw.sent_to(who))
                gw.text(who, text)
                gw.settled()
                return gw.sent_to(who)[before:]

            replies = say("O1", "RAST TRA Z4 M11 LARTE")
            code = re.search(r"E\d\d-\d{4}-\w", replies[0]).group()
            self.assertEqual(replies, [f"U hap {code}. Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS"])
            self.assertRegex(gw.sent_to("C1")[-1], rf"^Rast i ri {code}\. OK \d+ = mora$")
            paths = sorted(r["path"] for r in gw.agency.requests())
            self.assertEqual(paths, ["/mun", "/sss"])  # trafficking: the state social service by its row
            number = re.search(r"OK (\d+)", gw.sent_to("C1")[-1]).group(1)
            say("C1", f"OK {number}")
            gw.agency.clear()

            self.assertEqual(say("O1", f"refero {code} tjeter vizion strehim"),
                             [f"{code}: referim R1 te TV. Gabim? Shkruaj ANULO"])
            request = gw.agency.wait(1)[0]
            self.assertEqual(request["path"], "/tv")
            data = request.json()["data"]
            self.assertEqual(data, {"referral": "R1", "case": code, "age_band": "6-11", "sex": "M",
                                    "urgent": False, "service": "shelter"})
            self.assertEqual(gw.rows("SELECT state, rule FROM referrals"), [{"state": "sent", "rule": "M44"}])

            self.assertEqual(say("AG1", "PRANO R1"), ["Cili referim? P.sh. PRANO R88 ose REFUZO R88"])
            self.assertEqual(say("AG2", "PRANO R1"), ["R1: pranimi u shenua. Faleminderit"])
            self.assertEqual(gw.sent_to("O1")[-1], "R1 u pranua nga TV")

            reply = say("O1", f"vizite {code} familja mire")[0]
            self.assertRegex(reply, rf"^{code} u shenua\. Hapi tjeter deri \d\d\.\d\d\. Faleminderit$")
            self.assertEqual(say("O1", f"MBYLL {code} I RIINTEGRUAR"),
                             [f"{code}: mbyllja pret miratimin e koordinatorit"])
            ask = gw.sent_to("C1")[-1]
            number = re.match(rf"Mbyllje {code}\? PO (\d+) ose JO \1$", ask).group(1)
            self.assertIn("PIN", say("C1", f"PO {number}")[0])
            gw.secret("pin", "C1", PIN, "")
            self.assertEqual(say("C1", f"PIN {PIN} PO {number}"), ["U konfirmua. Faleminderit"])
            self.assertEqual(gw.sent_to("O1")[-1], f"{code} u mbyll")

            self.assertEqual(gw.rows("SELECT state FROM cases"), [{"state": "closed"}])
            self.assertEqual(gw.rows("SELECT state FROM referrals"), [{"state": "completed"}])
            verbs = {r["verb"] for r in gw.rows("SELECT DISTINCT verb FROM audit")}
            self.assertLessEqual({"case.open", "refer", "tell", "referral", "case.followup", "confirm", "case.close"},
                                 verbs)
            gw.check_signatures()
            for text in [m["text"] for m in gw.sim.sent()]:
                self.assertNotRegex(text.lower(), "trafik|tra |sh1")  # neither the concern nor a place

    def test_two_reports_of_one_child(self):
        with Gateway(edit=no_guards) as gw:
            gw.init().run()
            for text in ("RAST LYP Z4 M11", "RAST PUN Z4 M12"):
                gw.text("O1", text)
                gw.settled()
            old, young = [r["code"] for r in gw.rows("SELECT code FROM cases ORDER BY id")]
            self.assertIn(f"{young} ngjan me {old}. BASHKO ose JO", gw.sent_to("C1"))
            gw.text("C1", "bashko")
            gw.settled()
            self.assertIn("PIN", gw.sent_to("C1")[-1])
            gw.secret("pin", "C1", PIN, "")
            gw.text("C1", f"PIN {PIN} BASHKO")
            gw.settled()
            self.assertEqual(gw.sent_to("C1")[-1], f"U bashkuan: {young},{old}")
            self.assertEqual([r["state"] for r in gw.rows("SELECT state FROM cases ORDER BY id")], ["new", "duplicate"])


class ByTheClock(unittest.TestCase):
    """Two hours of the gateway's in a second: what nobody does is noticed."""

    def test_nobody_answers_and_nobody_visits(self):
        with Gateway(edit=lambda t: no_guards(t) + "referrals = { stop_d = 3; };\n") as gw:
            gw.init().run("--start-at", "2026-11-16T09:00", "--time-scale", "7200")

            def say(who, text):
                gw.text(who, text, time=gw.status()["now"])

            say("O1", "RAST TRA Z4 M11 LARTE")
            code = wait_for(lambda: gw.rows("SELECT code FROM cases"), 20, "the case")[0]["code"]
            say("O1", f"refero {code} tv strehim")

            def told(who, pattern):
                return wait_for(lambda: [t for t in gw.sent_to(who) if re.search(pattern, t)], 60,
                                f"{pattern} to {who}")

            told("O1", rf"^{code}: kontakti i pare ka kaluar afatin\. NDJEK {code} ")
            told("C1", rf"^{code}: hapi i radhes ka kaluar afatin\. ")
            told("O1", r"^R1 ende pa pergjigje\. ")
            told("C1", r"^R1 ende pa pergjigje\. ")
            told("AG2", r"^Sinjal R1 per ju\. Telefono NJMF$")
            wait_for(lambda: [r for r in gw.agency.requests() if r.json()["type"] == "referral.reminder"], 30,
                     "the reminder")
            told("O1", r"^R1 u mbyll pa pergjigje\. ")
            state = wait_for(lambda: gw.rows("SELECT state FROM referrals WHERE state = 'expired'"), 60, "the end")
            self.assertEqual(len(state), 1)
            paths = {r["path"] for r in gw.agency.requests() if r.json()["type"].startswith("referral.")}
            self.assertEqual(paths, {"/tv"})  # never another agency


if __name__ == "__main__":
    unittest.main()
