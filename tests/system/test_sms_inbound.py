"""Texts that a provider brings over HTTP: the real hub and edge."""
import http.client
import json
import signal
import threading
import unittest
import urllib.parse

from edge import Edge
from simmodem import wait_for
from smsprovider import FORM, SECRET, Provider, block, bring, bring_list, with_sms, without_modems

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


class Lists(unittest.TestCase):
    """A provider that brings several texts in one request."""

    def test_each_is_taken_once(self):
        with Edge(edit=with_sms(block(like="infobip"))) as e:
            o1 = e.gw.number("O1")
            texts = [(o1, f"RAST lypje Z{n} M{8 + n}", f"m{n}") for n in (1, 2, 3)]
            status, _, got = bring_list(e, texts)
            self.assertEqual((status, got), (200, ""))
            # durable before it was acknowledged
            self.assertEqual(e.gw.count("messages"), 3)
            # again, as one does that missed the answer; and with one of them twice in it, and one that is new
            self.assertEqual(bring_list(e, texts)[0], 200)
            self.assertEqual(bring_list(e, [texts[2], texts[0], texts[2], (o1, "RAST lypje Z4 F9", "m4")])[0], 200)
            e.gw.settled()
            self.assertEqual(e.gw.count("messages"), 4)
            self.assertEqual(e.gw.count("cases"), 4)
            self.assertEqual({r["reporter"] for r in e.gw.rows("SELECT reporter FROM messages")}, {"O1"})
            self.assertNotIn("lypje", e.gw.log())

    def test_one_that_cannot_be_taken_keeps_no_other_back(self):
        with Edge(edit=with_sms(block(like="infobip"))) as e:
            o1 = e.gw.number("O1")
            good = [(o1, "RAST lypje Z1 M9", "m1"), (o1, "RAST lypje Z2 M10", "m2")]
            bad = [{"messageId": "x1", "from": o1}, 7, {"messageId": "x2", "from": o1, "text": "x" * 4200}]
            for _ in range(2):
                told = json.loads(bring_list(e, bad + good)[2])
                self.assertEqual((told["status"], told["detail"]),
                                 (413, "3 of 5 in the list were not taken; the others were"))
                self.assertEqual(e.gw.count("messages"), 2)
            self.assertEqual(bring_list(e, [])[0], 200)
            self.assertEqual(bring_list(e, good, f"/sms/infobip/{SECRET[::-1]}")[0], 404)
            many = [{"from": o1, "text": "NDIHME", "messageId": f"n{i}"} for i in range(200)]
            told = json.loads(bring_list(e, many)[2])
            self.assertEqual((told["status"], told["detail"][:11]), (413, "136 of 200 "))
            self.assertEqual(e.gw.count("messages"), 2 + 64)

    def test_no_answer_before_all_are_durable(self):
        """The hub dies with the list in hand: who sent it is not told that it was taken, and sends it again."""
        with Edge(edit=with_sms(block(like="infobip"))) as e:
            texts = [(e.gw.number("O1"), f"RAST lypje Z{n} M{8 + n}", f"m{n}") for n in range(1, 6)]
            answers = []

            def send():
                try:
                    answers.append(bring_list(e, texts)[0])
                except (OSError, http.client.HTTPException):
                    answers.append(None)

            e.gw.hub.send_signal(signal.SIGSTOP)
            t = threading.Thread(target=send)
            t.start()
            t.join(0.5)
            self.assertTrue(t.is_alive() and not answers, "answered by nobody who could know")
            e.gw.hub.kill()
            e.gw.hub.wait()
            t.join(30)
            self.assertNotIn(200, answers)
            e.gw.run()
            e.ready()
            self.assertEqual(bring_list(e, texts)[0], 200)
            self.assertEqual(e.gw.count("messages"), 5)

    def test_many_lists_at_once(self):
        """More texts than may be asked of the hub at once: some lists are to be sent again, none is lost."""
        with Edge("per_address = 64;", edit=with_sms(block(like="infobip"))) as e:
            edge = e.gw.worker("edge")["pid"]
            lists = [[{"from": e.gw.number("O1"), "text": "NDIHME", "messageId": f"l{k}.{i}"} for i in range(40)]
                     for k in range(16)]
            answers = {}

            def send(k):
                answers[k] = 0
                while answers[k] != 200:
                    answers[k] = bring_list(e, lists[k])[0]
                    if answers[k] not in (200, 503):
                        return

            threads = [threading.Thread(target=send, args=(k,)) for k in range(len(lists))]
            for t in threads:
                t.start()
            for t in threads:
                t.join(60)
            self.assertEqual(set(answers.values()), {200})
            self.assertEqual(e.gw.count("messages"), 640)
            self.assertEqual(e.gw.worker("edge")["pid"], edge)

    def test_out_and_reports_in_lists(self):
        def taken(r):
            return 200, json.dumps({"messages": [{"messageId": f"ib-{r['n']}", "to": "x", "status": {
                "groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}}]})

        with Provider(taken) as p, Edge(edit=with_sms(block(p.port, like="infobip"), edit=without_modems)) as e:
            bring_list(e, [(e.gw.number("O1"), "NDIHME", "m1"), (e.gw.number("T1"), "NDIHME", "m2")])
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'sent'") == 2, 20, "two replies")
            asked = [json.loads(r["raw"])["messages"][0] for r in p.sent]
            self.assertEqual({m["destinations"][0]["to"] for m in asked},
                             {e.gw.number(who).lstrip("+") for who in ("O1", "T1")})
            self.assertEqual(p.sent[0]["headers"]["Authorization"], "App key-of-the-provider")

            def report(*rows):
                body = {"results": [{"messageId": m, "status": {"groupName": g}} for m, g in rows]}
                return e.ask("POST", f"/sms/infobip/{SECRET}/report", json.dumps(body),
                             {"Content-Type": "application/json"})[0]

            self.assertEqual(report(("ib-1", "PENDING"), ("ib-2", "PENDING")), 200)
            # one of them is unknown: said, and the others count all the same
            self.assertEqual(report(("ib-1", "DELIVERED"), ("ib-77", "DELIVERED"), ("ib-2", "UNDELIVERABLE")), 404)
            self.assertEqual(sorted(r["state"] for r in e.gw.rows("SELECT state FROM outbox WHERE leg = 'sms' "
                                                                  "AND attempts > 0")), ["delivered", "failed"])


if __name__ == "__main__":
    unittest.main()
