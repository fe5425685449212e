#!/usr/bin/env python3
"""Mixes faults at random for MINUTES against the real binaries; the same invariants as the fault tests:
each text read once, each absence once, no text sent twice.  The seed is printed and taken from SEED.

usage: soak.py [MINUTES]     BUILD, SEED from the environment; exit status 0 when all held
"""
import collections
import os
import random
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "system"))
from gateway import Gateway, no_guards  # noqa: E402
from simmodem import wait_for  # noqa: E402

MINUTES = float(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("MINUTES", "10"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
FAULTS = [("hangup",), ("mute",), ("chatty", "every=100"), ("garbage", "64", "every=50", "mangle=50"), ("stall",),
          ("slow", "300"), ("nocmti",), ("cmgl", "500", "3"), ("refuse", "+CNMI", "2"), ("noanswer", "1"),
          ("late", "900", "2"), ("cms", "38", "1"), ("cms", "331", "2")]
COMMANDS = ["renumber", "power", "creg 2", "signal 99", "reports auto delay=200", "reports off"]
POISON = "0791539111161616" + "04" + "0C91539610111111" + "0000" + "62114221710040" + "FF" + "41" * 150


def edit(text):
    return re.sub(r"sweep_s = 5;", "sweep_s = 5; send_s = 2; call_s = 6; network_s = 20;", no_guards(text))


class Soak:
    def __init__(self, gw):
        self.gw = gw
        self.random = random.Random(SEED)
        self.sent = 0
        self.done = collections.Counter()
        self.poisoned = False

    def text(self):
        self.sent += 1
        self.gw.text("T1", f"mungese {self.random.choice(('5A', '5B'))} {1 + self.sent % 28}")

    def kill(self):
        status = self.gw.up()
        pids = [w["pid"] for w in status["workers"] if w["pid"]] + [self.gw.hub.pid]
        pid = self.random.choice(pids)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return "kill"
        if pid == self.gw.hub.pid:
            self.gw.hub.wait()
            self.gw.run(wait=False)
            wait_for(self.gw.up, 30, "the hub")
            return "kill hub"
        return "kill worker"

    def trouble(self):
        kind = self.random.random()
        if kind < 0.15:
            return self.kill()
        if kind < 0.3:
            command = self.random.choice(COMMANDS)
            self.gw.sim.ctl(command)
            return command
        if kind < 0.34 and not self.poisoned:
            self.poisoned = True
            self.gw.sim.pdu(POISON)
            return "poison"
        fault = self.random.choice(FAULTS)
        self.gw.sim.fault(*fault)
        return fault[0]

    def round(self):
        for _ in range(self.random.randint(1, 5)):
            self.text()
        self.done[self.trouble()] += 1
        for _ in range(self.random.randint(0, 3)):
            self.text()
        time.sleep(self.random.random() * 6)  # how long a fault lasts is part of the mix
        self.gw.sim.fault("none")
        self.gw.sim.ctl("creg 1")
        self.gw.sim.ctl("signal 20")

    def calm(self):
        start = time.monotonic()
        wait_for(lambda: self.gw.count("messages", "state = 'read'") >= self.sent, 120, "all texts read")
        return time.monotonic() - start

    def check(self):
        faults = []
        for what, want, got in (("messages", self.sent, self.gw.count("messages")),
                                ("read", self.sent, self.gw.count("messages", "state = 'read'"))):
            if want != got:
                faults.append(f"{what}: {got}, not {want}")
        # A reply whose outcome was lost is uncertain and was not sent again: never more than rows owed.
        owed = self.gw.count("outbox", "leg = 'sms'")
        left = len(self.gw.sim.sent())
        tries = self.gw.rows("SELECT count(*) AS n FROM attempts a JOIN outbox o ON o.id = a.outbox "
                             "WHERE o.leg = 'sms' AND a.outcome IN ('sent', 'uncertain')")[0]["n"]
        if left > owed or tries > owed:
            faults.append(f"sent {left} texts in {tries} tries that may have left, for {owed} rows")
        return faults


def main():
    print(f"# seed {SEED}, {MINUTES:g} minutes", flush=True)
    worst = 0.0
    with Gateway(sim_options={"sim_size": 50, "me_size": 50}, edit=edit) as gw:
        gw.init().run()
        soak = Soak(gw)
        end = time.monotonic() + MINUTES * 60
        while time.monotonic() < end:
            for _ in range(5):
                soak.round()
            worst = max(worst, soak.calm())
        gw.settled(120)
        faults = soak.check()
        print(f"# {soak.sent} texts, troubles: " + ", ".join(f"{k} {n}" for k, n in sorted(soak.done.items())))
        print(f"# slowest return to calm {worst:.1f} s")
        if faults:
            print(gw.log()[-4000:])
    for fault in faults:
        print(f"not ok - {fault}")
    print("ok - nothing lost, nothing doubled" if not faults else f"{len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
