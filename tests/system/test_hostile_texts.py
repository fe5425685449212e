"""Hostile texts without end through the real hub: memory flat, quotas kept, honest people served.

TEXTS (20,000; `make hostile` takes a million) come from a worker in the modem's place (tests/bench/hostile.c)
as fast as the hub takes them; SEED repeats a run.  Figures are printed.
"""
import os
import re
import shutil
import sys
import time
import unittest

from gateway import CONFIG_DIR, Gateway
from simmodem import ROOT, wait_for

sys.path.insert(0, os.path.join(ROOT, "tests", "bench"))
from hubload import CREDIT, TEACHERS, town  # noqa: E402

TEXTS = int(os.environ.get("TEXTS", "20000"))
WARM = min(TEXTS * 2 // 3, 100000)  # until then the pages the database holds in memory become as many as it may
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
EVERY = max(100, TEXTS // 1000)  # the honest are so rare
MONDAY = 1794816000  # 2026-11-16T09:00 in Tirana, a school day
FLAT_KB = 1024
BYTES_A_TEXT = 6000
# What became of SMS, when not all went.
HELD = ("SELECT kind, reporter GLOB 'B[0-9]*' AS honest, urgent, state, reason, count(*) AS n FROM outbox WHERE leg = 'sms' "
        "GROUP BY 1, 2, 3, 4, 5")


def resident_kb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))


@unittest.skipIf(os.environ.get("VALGRIND"), "its subject is the memory of the hub, which is the tool's as well")
class Hostile(unittest.TestCase):
    def setUp(self):
        self.gw = Gateway()
        self.addCleanup(self.gw.close)
        gw = self.gw
        town(gw)
        workers, self.texts = os.path.join(gw.dir, "bin"), os.path.join(gw.dir, "texts")
        os.mkdir(workers)
        shutil.copy(os.path.join(gw.build, "hostile", "kujdestar-modem"), workers)
        for worker in ("courier", "edge"):
            shutil.copy(os.path.join(gw.build, f"kujdestar-{worker}"), workers)
        with open(self.texts, "w", encoding="ascii") as f:
            f.write(f"{TEXTS} {SEED} {MONDAY} {EVERY}\n")
        device = re.escape(gw.sim.device)
        gw.write_config(lambda t: re.sub(f'"{device}"; sweep_s = \\d+;', f'"{self.texts}"; credit = {CREDIT};', t)
                        .replace("hub = {", f'hub = {{ worker_dir = "{workers}";', 1)
                        .replace(os.path.join(CONFIG_DIR, "demo_schools.csv"), os.path.join(gw.dir, "schools.csv")))
        gw.init().command("contact", "import", os.path.join(gw.dir, "roster.csv"))

    def taken(self):
        """Segments so far, and the hub's memory; the hub answers all the time."""
        return self.gw.status()["segments"], resident_kb(self.gw.hub.pid)

    def watch(self):
        """Memory when it is warm."""
        warm, self.curve = None, []
        deadline = time.monotonic() + 120 + TEXTS / 100
        while not os.path.exists(self.texts + ".done"):
            self.assertLess(time.monotonic(), deadline, "the texts were not taken")
            self.assertIsNone(self.gw.hub.poll(), self.gw.log()[-2000:])
            n, kb = self.taken()
            if warm is None and n >= WARM:
                warm = kb
            self.curve.append((n, kb))
            time.sleep(0.2)
        return warm or self.taken()[1]

    def stored(self):
        """Octets of the database and its log."""
        path = os.path.join(self.gw.dir, "kujdestar.db")
        return sum(os.path.getsize(path + end) for end in ("", "-wal") if os.path.exists(path + end))

    def done(self):
        with open(self.texts + ".done", encoding="ascii") as f:
            n, seconds, sms, replies = f.read().split()
        return int(n), float(seconds), int(sms), int(replies)

    def test_hostile_texts(self):
        gw = self.gw
        gw.run("--start-at", "2026-11-16T09:00")
        pid = gw.hub.pid
        size = self.stored()
        warm = self.watch()
        wait_for(lambda: not gw.status()["inbox"]["ready"], 120, "all texts read")
        taken, seconds, _, _ = self.done()
        self.assertEqual(taken, TEXTS)
        honest = (TEXTS + EVERY - 1) // EVERY
        for n, kb in self.curve[::max(1, len(self.curve) // 40)]:
            print(f"# {n} texts: {kb} KB", flush=True)
        try:
            wait_for(lambda: self.done()[3] >= honest, 60, "the honest are answered")
        except TimeoutError as e:
            self.fail(f"{e}: {self.done()} {gw.rows(HELD)}")
        end = resident_kb(pid)
        grown = (self.stored() - size) / TEXTS
        _, _, sms, replies = self.done()
        print(f"# SEED={SEED} texts={TEXTS} seconds={seconds:.1f} rate={TEXTS / seconds:.0f}/s memory_kb={warm}->{end} "
              f"bytes_a_text={grown:.0f} sms={sms} honest={honest} answered={replies}", flush=True)
        self.assertEqual(gw.hub.pid, pid)
        self.assertIsNone(gw.hub.poll())
        self.assertLessEqual(end - warm, FLAT_KB)
        self.assertLess(grown, BYTES_A_TEXT)
        # every honest text is a row and was answered
        self.assertEqual(gw.count("absences", "message IN (SELECT id FROM messages WHERE reporter GLOB 'B[0-9]*')"), honest)
        self.assertEqual(gw.count("outbox", "kind = 'reply' AND reporter GLOB 'B[0-9]*' AND state = 'sent'"), honest)
        # no worker was replaced, nothing was refused
        self.assertNotIn("frame=refused", gw.log())
        self.assertTrue(all(w["starts"] == 1 for w in gw.status()["workers"] if "starts" in w))
        # the quotas: of one number in an hour, of strangers in an hour, of the day
        self.quotas(gw, honest)

    def quotas(self, gw, honest):
        hours = 2 + int(self.done()[1] // 3600)
        out = "leg = 'sms' AND state IN ('sent', 'delivered')"
        strangers = gw.count("outbox", out + " AND kind = 'reply' AND reporter = '' AND message NOT IN "
                             "(SELECT message FROM readings WHERE intent IN ('emergency', 'stop'))")
        self.assertLessEqual(strangers, 30 * hours)
        sent = gw.rows(f"SELECT reporter, urgent, count(*) AS n FROM outbox WHERE {out} GROUP BY reporter, urgent")
        for r in sent:
            if r["reporter"] and not r["urgent"]:
                self.assertLessEqual(r["n"], 40 * hours, r)
        self.assertLessEqual(sum(r["n"] for r in sent if not r["urgent"]), 2000 * hours)


if __name__ == "__main__":
    unittest.main()
