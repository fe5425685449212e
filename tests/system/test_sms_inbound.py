"""Texts that a provider brings over HTTP: the real hub and edge."""
import threading
import unittest
import urllib.parse

from edge import Edge
from simmodem import wait_for
from smsprovider import FORM, SECRET, block, bring, with_sms

CASE = "RAST lypje Z4 M11"


class Inbound(unittest.TestCase):
    def test_a_case_by_http_is_as_one_by_modem(self):
        with Edge(edit=with_sms(block())) as e:
            number = e.gw.number("O1")
            status, headers, got = bring(e, number, CASE, id="in-1")
            self.assertEqual((status, headers["Content-Type"], got), (200, "text/plain", ""))
            # durable before it was acknowledged
            self.assertEqual(e.gw.rows("SELECT channel FROM messages"), [{"channel": "http"}])
            self.assertIn("E26-", e.gw.reply_to("O1"))
            self.assertEqual(e.gw.count("cases"), 1)
            # the same again, as a provider does that missed the answer: taken, once
            for _ in range(3):
                self.assertEqual(bring(e, number, CASE, id="in-1")[0], 200)
            self.assertEqual(e.gw.count("messages"), 1)
            # a national number is the same reporter
            self.assertEqual(bring(e, "0" + number[4:], "NDIHME", id="in-2")[0], 200)
            wait_for(lambda: e.gw.count("messages", "state = 'read'") == 2, 10, "read")
            self.assertEqual({r["reporter"] for r in e.gw.rows("SELECT reporter FROM messages")}, {"O1"})
            e.gw.settled()
            self.assertNotIn("lypje", e.gw.log())
            self.assertNotIn(SECRET, e.gw.log())

    def test_without_a_number_of_its_own_the_same_words_are_one_text(self):
        with Edge(edit=with_sms(block(more='inbound = { id = ""; dedupe_s = 3600; };'))) as e:
            number = e.gw.number("O1")
            answers = []
            threads = [threading.Thread(target=lambda: answers.append(bring(e, number, CASE)[0]))
                       for _ in range(8)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            self.assertEqual(answers, [200] * 8)
            self.assertEqual(e.gw.count("messages"), 1)
            self.assertEqual(bring(e, e.gw.number("T1"), CASE)[0], 200)
            self.assertEqual(bring(e, number, CASE + " X")[0], 200)
            self.assertEqual(e.gw.count("messages"), 3)

    def test_what_is_refused_is_nowhere(self):
        secret_text = "RAST lypje Z4 M11 fjale-qe-s-duhet-pare"
        with Edge(edit=with_sms(block())) as e:
            number = e.gw.number("O1")
            form = urllib.parse.urlencode({"from": number, "text": secret_text})
            wrong = f"/sms/at/{SECRET[:-1]}x"
            self.assertEqual(e.ask("POST", wrong, form, FORM)[0], 404, "as if there were nothing")
            self.assertEqual(e.ask("GET", f"/sms/at/{SECRET}?{form}")[0], 405)
            self.assertEqual(e.ask("POST", f"/sms/at/{SECRET}", form, {"Content-Type": "text/plain"})[0], 415)
            self.assertEqual(e.ask("POST", f"/sms/at/{SECRET}", form + "&text=twice", FORM)[0], 400)
            self.assertEqual(e.ask("POST", f"/sms/at/{SECRET}", "from=%zz&text=x", FORM)[0], 400)
            self.assertEqual(e.ask("POST", f"/sms/at/{SECRET}", f"text={secret_text}", FORM)[0], 400)
            self.assertEqual(bring(e, number, secret_text + "x" * 5000)[0], 413)
            self.assertEqual(bring(e, number, "x" * 60000)[0], 413)
            self.assertEqual(e.gw.count("messages"), 0)
            self.assertNotIn("fjale", e.gw.log())
            self.assertNotIn(number[1:], e.gw.log())

    def test_alphabets_and_parts(self):
        """ISO 8859-1 where UTF-8 is expected, UTF-16 as hex, and a long text in parts, the last one first."""
        kannel = block(like="kannel")
        with Edge(edit=with_sms(kannel)) as e:
            number = urllib.parse.quote(e.gw.number("O1"))

            def get(text, more):
                return e.ask("GET", f"/sms/kannel/{SECRET}?from={number}&to=50555&text={text}&{more}")[0]

            self.assertEqual(get("RAST+lypje+Z4+M11+%EB", "id=1&coding=0"), 200)
            hexed = "RAST lypje Z4 F9 \u00eb".encode("utf-16-be").hex()
            self.assertEqual(get(hexed, "id=2&coding=2"), 200)
            octets = urllib.parse.quote("RAST lypje Z4 F8 \u00eb".encode("utf-16-be"))
            self.assertEqual(get(octets, "id=3&coding=2"), 200)
            e.gw.settled()
            self.assertEqual(sorted((r["sex"], r["age"]) for r in e.gw.rows("SELECT sex, age FROM cases")),
                             [("F", 8), ("F", 9), ("M", 11)])
            self.assertEqual(get("4+M12", "id=5&coding=0&udh=%05%00%03%07%02%02"), 200)
            self.assertEqual(get("4+M12", "id=5&coding=0&udh=%05%00%03%07%02%02"), 200)
            self.assertEqual(e.gw.count("cases"), 3)
            self.assertEqual(get("RAST+lypje+Z", "id=4&coding=0&udh=050003070201"), 200)
            wait_for(lambda: e.gw.count("cases") == 4, 10, "the joined text")
            self.assertEqual(e.gw.rows("SELECT total, have FROM messages WHERE total > 1"), [{"total": 2, "have": 2}])
            e.gw.settled()
            self.assertEqual(e.gw.count("cases", "age = 12"), 1)


if __name__ == "__main__":
    unittest.main()
