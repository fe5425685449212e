#!/usr/bin/env python3
"""Figures of this build beside peers and limits measured in the same run, and what they are to reach.

usage: bench.py          ONLY=receive,hub  those parts alone; RUNS=3, BURST=500, LARGE=5000
Medians of RUNS runs where a run is cheap.  Loads stay on loopback and end by themselves.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime

from attendance import attendance
from common import RUNS, Pids, heading, row, say, sync_ms
from gateway import Gateway, no_guards
from delivering import delivering
from hubload import hub_alone
from menus import menus
from receiving import burst, large, ready, receiving, throttled
from simmodem import default_build, wait_for


def program(name, *words, wrapper=()):
    return subprocess.run([*wrapper, os.path.join(default_build(), "bench", name), *words],
                          capture_output=True, text=True, timeout=600, check=True)


def latency():
    """+CMTI -> the agency has the request, by the two simulators' clocks on one machine."""
    heading("one text on its way")
    took = []
    with Gateway(edit=no_guards) as gw:
        gw.init().run()
        for i in range(60):
            start = time.time()
            gw.text("O1", f"RAST LYP Z{1 + i % 9} M{6 + i % 10}")
            request = gw.agency.wait(i + 1)[-1]
            took.append((datetime.fromisoformat(request["time"]).timestamp() - start) * 1000)
            gw.settled()
        start, before = time.monotonic(), Pids(gw).cpu()
        wait_for(lambda: time.monotonic() - start > 10, 20)
        idle = (Pids(gw).cpu() - before) / (time.monotonic() - start) * 100
    took.sort()
    row("text at the modem to request at the agency, median", took[len(took) // 2], "ms", target="<= 5")
    row("  95th percentile", took[int(len(took) * 0.95)], "ms", target="<= 10")
    row("  all processes when idle", idle, "% core", target="< 1")


def instructions():
    """Instructions a reading, by callgrind: the same on every machine with this compiler."""
    if not shutil.which("valgrind"):
        say("  instructions a reading: valgrind is not installed, left out")
        return
    totals = []
    for rounds in ("0", "2"):
        p = program("bench_parser", rounds, wrapper=("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"))
        # the last of "Collected : N"; two rounds minus none leaves the readings alone
        totals.append(int(re.findall(r"Collected : (\d+)", p.stderr)[-1]))
        texts = int(p.stdout.split()[0])
    row("  instructions a reading", (totals[1] - totals[0]) / (2 * texts))


def parser():
    heading("texts as people send them, on one core")
    for figure, words in re.findall(r"parser: (\d+) (readings a second.*?) \(", program("bench_parser").stdout):
        row(words, int(figure), target="" if "replies" in words else ">= 500,000")
    instructions()


PARTS = {"deliver": delivering, "attendance": attendance, "parser": parser, "start": ready, "latency": latency, "menus": menus, "receive": receiving, "burst": burst,
         "throttled": throttled, "large": large, "hub": hub_alone}
ALL = ("parser", "start", "latency", "receive", "hub", "menus", "deliver", "attendance")


def main():
    only = [w for w in re.split(r"[,\s]+", os.environ.get("ONLY", "")) if w] or ALL
    for name in only:
        if name not in PARTS:
            sys.exit(f"bench: no part \"{name}\"; there are: {' '.join(PARTS)}")
    say(f"Kujdestar, measured on this machine now; medians of {RUNS} runs; a sync of 4 KB takes {sync_ms():.3f} ms")
    for name in only:
        PARTS[name]()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
