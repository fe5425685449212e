"""Texts that leave through a provider: beside a modem that died, and without any modem."""
import re
import unittest

from edge import Edge
from gateway import Gateway, no_guards
from simmodem import wait_for
from smsprovider import Provider, SECRET, block, bring, report, with_sms, without_modems

CASE = "RAST URGJENT lypje Z4 M11"


def sms(more):
    """Further settings of the group sms, which the demonstration may have or not."""
    def change(text):
        if re.search(r"^sms = \{", text, re.M):
            return re.sub(r"^sms = \{", "sms = { " + more, text, flags=re.M)
        return text + f"\nsms = {{ {more} }};\n"
    return change


def on_duty(gw):
    return gw.number("D1")


class ProviderOnly(unittest.TestCase):
    """No modem at all: texts come in and go out over HTTP."""

    def test_an_urgent_case_in_and_out(self):
        with Provider() as p, Edge(edit=with_sms(block(p.port), edit=without_modems)) as e:
            self.assertEqual(bring(e, e.gw.number("O1"), CASE, id="u1")[0], 200)
            self.assertIn("E26-", p.wait_to(e.gw.number("O1"))[0])
            self.assertIn("URGJENT", p.wait_to(on_duty(e.gw))[0])
            r = next(r for r in p.sent if r["to"] == e.gw.number("O1"))
            self.assertEqual((r["username"], r["from"], r["headers"]["apiKey"]),
                             ("kujdestar", "KUJDESTAR", "key-of-the-provider"))
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'sent'") == len(p.sent), 10, "sent")
            # reports: the first final word stands, an unknown number is asked for again
            self.assertEqual(report(e, f"ATXid_{r['n']}", "Buffered")[0], 200)
            self.assertEqual(e.gw.count("outbox", "state = 'delivered' AND leg = 'sms'"), 0)
            self.assertEqual(report(e, f"ATXid_{r['n']}", "Success")[0], 200)
            self.assertEqual(report(e, f"ATXid_{r['n']}", "Failed")[0], 200)
            self.assertEqual(e.gw.count("outbox", "state = 'delivered' AND leg = 'sms'"), 1)
            self.assertEqual(report(e, "ATXid_999", "Success")[0], 404)
            self.assertEqual(report(e, "ATXid_1", "Success", f"/sms/at/{SECRET[::-1]}/report")[0], 404)
            for word in ("key-of-the-provider", SECRET, "lypje", "ATXid"):
                self.assertNotIn(word, e.gw.log())

    def test_reported_as_undeliverable_the_coordinators_hear(self):
        with Provider() as p, Edge(edit=with_sms(block(p.port), edit=without_modems)) as e:
            bring(e, e.gw.number("O1"), CASE, id="u1")
            p.wait_to(on_duty(e.gw))
            r = next(r for r in p.sent if r["to"] == on_duty(e.gw))
            e.gw.settled()  # what was on its way has come
            before = len(p.sent)
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'sent'") == before, 10, "sent")
            self.assertEqual(report(e, f"ATXid_{r['n']}", "Rejected")[0], 200)
            self.assertEqual(e.gw.count("outbox", "leg = 'sms' AND state = 'failed'"), 1)
            wait_for(lambda: len(p.sent) > before, 10, "somebody hears")

    def test_a_broken_answer_is_never_repeated(self):
        with Provider(lambda r: None) as p, Edge(edit=with_sms(block(p.port), edit=without_modems)) as e:
            bring(e, e.gw.number("O1"), "NDIHME", id="n1")
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'uncertain'") == 1, 15, "uncertain")
            p.answer = Provider.taken
            bring(e, e.gw.number("T1"), "NDIHME", id="n2")
            p.wait_to(e.gw.number("T1"))
            self.assertEqual(len(p.to(e.gw.number("O1"))), 1)

    def test_an_answer_that_is_too_long_is_never_repeated(self):
        """It was taken, and so much said about it that it cannot be read."""
        with Provider(lambda r: (201, "x" * 200000)) as p, Edge(edit=with_sms(block(p.port), edit=without_modems)) as e:
            bring(e, e.gw.number("O1"), "NDIHME", id="n1")
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'uncertain'") == 1, 15, "uncertain")
            p.answer = Provider.taken
            bring(e, e.gw.number("T1"), "NDIHME", id="n2")
            p.wait_to(e.gw.number("T1"))
            self.assertEqual(len(p.to(e.gw.number("O1"))), 1)

    def test_an_answer_without_sense_and_a_refusal(self):
        answers = {"O1": (200, "<html>busy</html>"), "T1": (400, "no"), "T2": (502, "bad gateway")}
        with Provider() as p, Edge(edit=with_sms(block(p.port), edit=without_modems)) as e:
            told = {e.gw.number(who): a for who, a in answers.items()}
            p.answer = lambda r: told.get(r["to"], Provider.taken(r))
            for i, who in enumerate(answers):
                bring(e, e.gw.number(who), "NDIHME", id=f"a{i}")
            wait_for(lambda: len([r for r in e.gw.rows("SELECT state FROM outbox WHERE leg = 'sms'")
                                  if r["state"] in ("uncertain", "failed")]) == 3, 15, "settled")
            self.assertEqual(sorted(r["state"] for r in e.gw.rows("SELECT state FROM outbox WHERE leg = 'sms'")),
                             ["failed", "uncertain", "uncertain"])
            self.assertEqual(len(p.sent), 3)

    def test_not_reached_then_by_the_next(self):
        with Provider() as p:
            dead = block(1, name="dead", more='inbound = { path = ""; }; report = { path = ""; };')
            with Edge(edit=with_sms(dead, block(p.port), edit=without_modems)) as e:
                bring(e, e.gw.number("O1"), "NDIHME", id="x1")
                wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND attempts = 1 AND state = 'queued'"), 15,
                         "put off")
                p.wait_to(e.gw.number("O1"), timeout=60)
                self.assertEqual([r["provider"] for r in
                                  e.gw.rows("SELECT provider FROM sms_provider_ids ORDER BY attempt")],
                                 ["dead", "line"])


class ModemAndProvider(unittest.TestCase):
    """One dead modem must not silence the coordinators, nor its own alarm."""

    def test_the_modem_is_unplugged(self):
        with Provider() as p, Edge(edit=with_sms(block(p.port), edit=sms("fallback_urgent_s = 5;"))) as e:
            who = on_duty(e.gw)
            # while the modem works all leave by it
            bring(e, e.gw.number("O1"), CASE, id="m1")
            wait_for(lambda: e.gw.sent_to(who) and e.gw.sent_to("O1"), 20, "alert and reply by the modem")
            self.assertEqual(p.sent, [])
            e.gw.settled()
            e.gw.sim.fault("hangup")
            wait_for(lambda: e.gw.worker(e.gw.modem_name())["state"] != "ready", 30, "it is gone")
            before = len(e.gw.sent_to(who))
            self.assertEqual(bring(e, e.gw.number("O1"), "RAST URGJENT lypje Z5 F9", id="m2")[0], 200)
            self.assertIn("URGJENT", "".join(p.wait_to(who, timeout=40)))
            # the reply is no urgent text: it waits for the modem
            self.assertEqual(p.to(e.gw.number("O1")), [])
            wait_for(lambda: any("odem" in r["message"] for r in p.sent), 120, "the modem's own alarm")
            e.gw.sim.fault("none")
            wait_for(lambda: e.gw.worker(e.gw.modem_name())["state"] == "ready", 60, "it is back")
            wait_for(lambda: len(e.gw.sent_to("O1")) == 2, 60, "the reply, by the modem")
            self.assertEqual(p.to(e.gw.number("O1")), [])
            self.assertEqual(len(e.gw.sent_to(who)), before, "what left by the provider leaves by it alone")
            texts = [(r["to"], r["message"]) for r in p.sent]
            self.assertEqual(len(texts), len(set(texts)), "nothing twice")


    def test_the_modem_answers_but_sends_nothing(self):
        quick = sms("fallback_urgent_s = 4; circuit_failures = 2; circuit_s = 3; circuit_max_s = 4;")
        with Provider() as p, Edge(edit=with_sms(block(p.port), edit=quick)) as e:
            who, o1 = on_duty(e.gw), e.gw.number("O1")
            e.gw.sim.fault("cms", 500, 1000)
            self.assertEqual(bring(e, o1, CASE, id="m1")[0], 200)
            self.assertIn("URGJENT", "".join(p.wait_to(who, timeout=40)))
            wait_for(lambda: e.gw.circuit("modem"), 20, "its circuit")
            self.assertIn("sends nothing", e.gw.command("doctor", check=False).stdout)
            self.assertIn("modem    ", e.gw.command("status", check=False).stdout)
            wait_for(lambda: any("Asnje mesazh nuk del" in r["message"] for r in p.sent), 40, "people hear")
            self.assertEqual(p.to(o1), [], "a reply is no urgent text")
            e.gw.sim.fault("none")
            wait_for(lambda: e.gw.sent_to(o1), 60, "the reply, by the modem")
            wait_for(lambda: not e.gw.circuit("modem"), 20, "closed")
            texts = [(r["to"], r["message"]) for r in p.sent] + [(m["to"], m["text"]) for m in e.gw.sim.sent()]
            self.assertEqual(len(texts), len(set(texts)), "nothing twice")

    def test_numbers_of_its_own(self):
        with Provider() as p:
            with Edge() as probe:
                o1 = probe.gw.number("O1")
            with Edge(edit=with_sms(block(p.port, more=f'prefixes = [ "{o1}" ];'))) as e:
                bring(e, o1, "NDIHME", id="x1")
                bring(e, e.gw.number("T1"), "NDIHME", id="x2")
                p.wait_to(o1)
                wait_for(lambda: e.gw.sent_to("T1"), 20, "the others by the modem")
                self.assertEqual([r["to"] for r in p.sent], [o1])
                self.assertEqual(e.gw.sent_to("O1"), [])
                row = next(r for r in e.gw.status()["sms_providers"] if r["name"] == "line")
                self.assertEqual((row["last"], row["sends"]), ("sent", True))
                self.assertIn("provider line: sends receives last=sent", e.gw.command("status").stdout)
                # refused as a client: our account, so the modem has its turn
                p.answer = lambda r: (401, "no")
                bring(e, o1, "NDIHME MUNGESE", id="x3")
                wait_for(lambda: len(p.to(o1)) >= 2, 20, "tried")


class BesideAModem(unittest.TestCase):
    def test_texts_do_not_wait_for_the_second_to_pass(self):
        """A provider that stands by must not slow the modem down: each text leaves when the one before has."""
        with Gateway(edit=with_sms(block(), edit=no_guards)) as gw:
            gw.init().run()
            for i in range(20):
                gw.text(("T1", "T2", "O1", "C1", "AG1")[i % 5], "NDIHME")
            gw.settled()
            self.assertEqual(gw.count("outbox", "state = 'queued'"), 0)
            self.assertEqual(len(gw.sim.sent()), 20)


if __name__ == "__main__":
    unittest.main()
