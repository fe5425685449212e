"""Deliveries a second through the courier, against a bare libcurl multi loop with the same bodies and
sink in the same run."""
import os
import subprocess

from common import RUNS, heading, median, row
from simagency import SimAgency
from simmodem import default_build

COUNT, PARALLEL = 4000, 8


def one(mode, url, ca):
    build = default_build()
    p = subprocess.run([os.path.join(build, "bench", "deliver"), mode, url, ca or "-", str(COUNT), str(PARALLEL),
                        os.path.join(build, "kujdestar-courier")], capture_output=True, text=True, timeout=120, check=True)
    rate, latency = p.stdout.split()
    return float(rate), float(latency)


def delivering():
    heading(f"deliveries to a loopback sink, {PARALLEL} at once")
    for tls in (False, True):
        with SimAgency().start(default_build(), tls=tls) as sink:
            runs = []
            for _ in range(RUNS):
                runs.append((one("courier", sink.url("/mun"), sink.ca_file), one("bare", sink.url("/mun"), sink.ca_file)))
                sink.clear()
        ours, limit = (median([r[i][0] for r in runs]) for i in (0, 1))
        waits = [median([r[i][1] for r in runs]) for i in (0, 1)]
        over = "over TLS" if tls else "plain"
        row(f"delivered a second, {over}; bare libcurl loop", ours, "/s", limit, target=">= 0.8 of it")
        row("  median wait for an answer", waits[0], "ms", waits[1])
