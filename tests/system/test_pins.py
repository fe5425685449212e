"""PINs and lost telephones with the real binaries: set at the shell, typed on a phone and in a menu, wrong,
under duress; and nothing of them in any file that is left."""
import glob
import os
import re
import unittest

from edge import Edge
from gateway import Gateway, no_guards
from simmodem import wait_for
from test_ussd import At, block, with_providers

PIN, SECOND, WRONG, WORD = "482913", "917304", "604817", "dallendyshe"


def say(gw, who, text):
    """What the sender got for it."""
    before = len(gw.sent_to(who))
    gw.text(who, text)
    gw.settled()
    return gw.sent_to(who)[before:]


def files_with(gw, *planted):
    found = []
    for path in glob.glob(os.path.join(gw.dir, "**"), recursive=True):
        if os.path.isfile(path):
            with open(path, "rb") as f:
                held = f.read()
            found += [(os.path.basename(path), p) for p in planted if p.encode() in held]
    return found


class Pins(unittest.TestCase):
    def test_reads_locks_and_duress(self):
        with Gateway(edit=no_guards) as gw:
            gw.init()
            gw.secret("pin", "O1", PIN, SECOND)  # without a hub
            gw.run()
            gw.secret("pin", "C1", PIN, "")      # and through it
            code = re.search(r"E\d\d-\d{4}-\w", say(gw, "O1", "RAST LYP Z4 M11")[0]).group()

            self.assertEqual(len(say(gw, "O1", f"STATUS {code}")), 1)
            self.assertIn("PIN", gw.sent_to("O1")[-1])
            told, = say(gw, "O1", f"PIN {PIN} STATUS {code}")
            self.assertTrue(told.startswith(code + ": "), told)

            duty = len(gw.sent_to("D1"))
            shown, = say(gw, "O1", f"PIN {SECOND} STATUS {code}")
            self.assertEqual(len(shown), len(told))
            self.assertTrue(shown.startswith(code + ": "), shown)
            self.assertNotEqual(shown, told)
            wait_for(lambda: len(gw.sent_to("D1")) > duty, 20, "the duty officer is called")
            self.assertNotRegex(" ".join(m["text"] for m in gw.sim.sent()).lower(), "duress|kercenim")

            def export(pin):
                return gw.command("case", "export", "--as", "C1", typed=pin + "\n", check=False)
            self.assertIn(code, export(PIN).stdout)
            refused = export(WRONG)
            self.assertEqual((refused.returncode != 0, refused.stdout), (True, ""))
            self.assertIn("PIN", refused.stderr)

            for n in range(5):
                answer, = say(gw, "O1", f"PIN {WRONG} STATUS {code}")
                self.assertIn("PIN", answer)
            self.assertEqual(say(gw, "O1", f"PIN {PIN} STATUS {code}"), [answer])  # locked: the right one too
            self.assertIn("O1", gw.sent_to("C1")[-1])
            self.assertEqual(say(gw, "C1", f"PIN {WRONG[:4]} STATUS {code}")[0][:7], "S'u kry")

            gw.stop_hub()
            log = gw.log()
            sent = " ".join(m["text"] for m in gw.sim.sent())
            requests = " ".join(str(r) for r in gw.agency.requests())
            for planted in (PIN, SECOND, WRONG):
                self.assertNotIn(planted, log + sent + requests)
            self.assertEqual(files_with(gw, PIN, SECOND, WRONG), [])

    def test_a_lost_telephone(self):
        with Gateway(edit=no_guards) as gw:
            gw.init()
            gw.secret("codeword", "T1", WORD)
            gw.run()
            number = gw.number("T1").replace("+355", "0")
            wrong = say(gw, "+355697000001", f"HUMBA {number} zogu i vogel")
            nobody = say(gw, "+355697000002", f"HUMBA 0691999999 {WORD}")
            self.assertEqual(gw.rows("SELECT active FROM reporters WHERE id = 'T1'"), [{"active": 1}])
            right = say(gw, "+355697000003", f"HUMBA {number} Dallëndyshe")
            self.assertEqual(wrong, right)
            self.assertEqual(nobody, right)
            self.assertEqual(gw.rows("SELECT active FROM reporters WHERE id = 'T1'"), [{"active": 0}])
            told = gw.rows("SELECT urgent FROM outbox WHERE reporter = 'C1' AND reason = 'behind the reply'")
            self.assertEqual(told, [{"urgent": 1}, {"urgent": 1}])  # lost, once an hour; and locked
            self.assertEqual(say(gw, "T1", "MUNGESE 5A 12 17"), [])
            gw.stop_hub()
            self.assertNotIn(WORD, gw.log().lower())
            self.assertEqual(files_with(gw, WORD, number, gw.number("T1")[1:]), [])

    def test_in_a_menu(self):
        with Edge(edit=with_providers(block("menu", "africastalking"))) as e:
            e.gw.secret("pin", "O1", PIN, "")
            code = re.search(r"E\d\d-\d{4}-\w", say(e.gw, "O1", "RAST LYP Z4 M11")[0]).group()
            a = At(e, e.gw.number("O1"), "s1")
            screen = a.dial()
            for label in ("Raste", "Rastet e mia"):
                screen = a.type(re.search(rf"^(\d+) {label}$", screen, re.M).group(1))
            self.assertIn("PIN", screen)
            end = a.type(PIN)
            self.assertTrue(end.startswith("END "), end)
            self.assertIn(code, end)
            e.gw.stop_hub()
            self.assertEqual(files_with(e.gw, PIN), [])


if __name__ == "__main__":
    unittest.main()
