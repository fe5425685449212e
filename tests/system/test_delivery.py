"""An agency that fails while alerts pile up: it is left in peace, others are not, and afterwards all
arrive, in order where it asks for that, the urgent first."""
import re
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for


def quick(text):
    """Short pauses, so that a test need not wait a minute for a try."""
    return no_guards(text) + "\ncourier = { circuit_failures = 3; circuit_s = 1; circuit_max_s = 2; };\n"


def in_order(text):
    return quick(re.sub(r'(code = "MUN"; url = "[^"]+";)', r"\1 ordered = true;", text))


def to_mun(gw):
    return [r for r in gw.agency.requests() if r["path"].startswith("/mun")]


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class TestDelivery(unittest.TestCase):
    def test_a_dead_agency_is_left_in_peace_and_others_are_not(self):
        with Gateway(edit=quick) as gw:
            gw.init().run()
            gw.agency.ctl("answer 503 path=/mun")
            for n in range(1, 9):
                gw.text("O1", f"RAST LYP Z{n} M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN'") >= 8, 20, "eight alerts")
            wait_for(lambda: gw.count("circuits", "name = 'MUN' AND probe_at > 0"), 30, "left in peace")
            tries, begun = len(to_mun(gw)), time.monotonic()
            wait_for(lambda: len(to_mun(gw)) >= tries + 3, 60, "three more tries")
            self.assertGreater(time.monotonic() - begun, 2, "it was hammered")
            gw.text("O1", "RAST TRAF Z9 F15 URGJENT")
            wait_for(lambda: gw.count("outbox", "agency = 'POLICE' AND state = 'delivered'"), 20, "the police know")
            before = len(to_mun(gw))
            gw.agency.ctl("answer 200 path=/mun")
            wait_for(lambda: not gw.count("outbox", "agency = 'MUN' AND state <> 'delivered'"), 60, "all arrive")
            events = [r.json()["type"] for r in to_mun(gw)[before:]]
            self.assertIn("case.urgent", events[:2], "the urgent one waits behind others")
            self.assertFalse(gw.count("circuits"))
            gw.check_signatures()

    def test_in_order_where_it_is_asked_for(self):
        with Gateway(edit=in_order) as gw:
            gw.init().run()
            gw.agency.ctl("answer 503 path=/mun")
            gw.text("O1", "RAST LYP Z1 M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND failures = 1"), 20, "the first one failed")
            for n in range(2, 6):
                gw.text("O1", f"RAST LYP Z{n} M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN'") >= 5, 20, "five alerts")
            gw.agency.ctl("answer 200 path=/mun")
            self.assertEqual(gw.count("outbox", "agency = 'MUN' AND state = 'delivered'"), 0)
            wait_for(lambda: not gw.count("outbox", "agency = 'MUN' AND state <> 'delivered'"), 30, "all arrive")
            numbers = [r.json()["data"]["alert"] for r in to_mun(gw)]
            self.assertEqual(numbers[1:], sorted(numbers[1:]))
            self.assertEqual(len(set(numbers)), 5)

    def test_waiting_for_a_slow_agency_costs_no_processor(self):
        with Gateway(edit=quick) as gw:
            gw.init().run()
            gw.agency.ctl("answer 200 path=/mun delay=6000")
            for n in range(1, 7):
                gw.text("O1", f"RAST LYP Z{n} M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'inflight'") == 2, 20, "two in flight")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN'") >= 6, 20, "six alerts")
            used, begun = processor_seconds(gw.hub.pid), time.monotonic()
            wait_for(lambda: time.monotonic() - begun > 3, 5, "three seconds of waiting")
            self.assertLess(processor_seconds(gw.hub.pid) - used, 1.0, "the hub spins while an agency is slow")

    def test_down_for_almost_three_days(self):
        """Played on a scaled clock: tried ever less often, told of after the first hour, all there at the end."""
        down_h = 70
        with Gateway(edit=no_guards) as gw:
            gw.init().run("--start-at", "2026-11-16T09:00", "--time-scale", "7200")
            begun = gw.status()["now"]
            gw.agency.ctl("answer 503 path=/mun")
            for n in range(1, 5):
                gw.text("O1", f"RAST LYP Z{n} M11", time=begun + n)
            wait_for(lambda: gw.count("outbox", "agency = 'MUN'") >= 4, 30, "four alerts")
            wait_for(lambda: gw.status()["now"] >= begun + down_h * 3600, 240, "almost three days")
            self.assertFalse(gw.count("outbox", "agency = 'MUN' AND state NOT IN ('queued', 'inflight')"))
            tries = len(to_mun(gw))
            self.assertLess(tries, 4 * down_h, "it was hammered")
            self.assertTrue(gw.count("alerts", "rule = 'agency.down' OR subject LIKE 'MUN%'") or
                            any("MUN" in text for text in gw.sent_to("D1")), "nobody was told")
            gw.agency.ctl("answer 200 path=/mun")
            wait_for(lambda: not gw.count("outbox", "agency = 'MUN' AND state <> 'delivered'"), 60, "all arrive")
            arrived = [r.header("webhook-id") for r in to_mun(gw)[tries:] if r["status"] == 200]
            self.assertEqual(len(arrived), len(set(arrived)))
            gw.check_signatures()

    def test_one_that_lies_breaks_off_or_sends_elsewhere(self):
        """Whatever it does, the row arrives once it behaves, under its one id, and nobody else is written to."""
        with Gateway(edit=lambda t: quick(t).replace('/mun"; plain_http = true;', '/mun"; plain_http = true; timeout_ms = 2000;', 1)) as gw:
            gw.init().run()
            for n, fault in enumerate(("redirect /elsewhere", "close_before", "close_after", "half_headers", "endless",
                                       "answer 500 body='{\"ok\": true}'"), 1):
                with self.subTest(fault=fault):
                    gw.agency.clear()
                    gw.agency.ctl(f"{fault} count=1 path=/mun")
                    gw.text("O1", f"RAST LYP Z{n} M11")
                    wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'delivered'") >= n, 40, "it arrives")
                    self.assertEqual({r["path"] for r in gw.agency.requests()}, {"/mun"})
                    self.assertEqual(len({r.header("webhook-id") for r in to_mun(gw)}), 1)
            self.assertFalse(gw.count("outbox", "agency = 'MUN' AND state <> 'delivered'"))


if __name__ == "__main__":
    unittest.main()
