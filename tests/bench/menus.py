"""Callbacks of a USSD provider against hub and edge, and against a bare handler of the same server library.

Each is asked by the same wrk with the same bodies over as many connections that stay open, in the same run; wrk takes
its share of the same processors in both.  What the bare handler does stands in bare_http.c."""
import os
import re
import shutil
import subprocess
import time

from common import HERE, RUNS, Pids, cpu, heading, median, row, say, sync_note
from edge import free_port, listening
from gateway import CONFIG_DIR, Gateway
from hubload import TEACHERS, town
from simmodem import default_build, wait_for

SECRET = "bench-secret-0123456789"
SECONDS = os.environ.get("SECONDS", "5")


def wrk(port, path, connections):
    """(callbacks a second, p99 in ms, failures); one connection carries one answer after the other."""
    p = subprocess.run(["wrk", "-t", "1", "-c", str(connections), "-d", SECONDS, "--latency", "-s", os.path.join(HERE, "menus.lua"),
                        f"http://127.0.0.1:{port}", "--", path, str(TEACHERS), str(time.time_ns() % 10**9)],
                       capture_output=True, text=True, timeout=120, check=True)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", p.stdout).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", p.stdout).groups()
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", p.stdout)
    errors = sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", p.stdout))
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit], (int(bad.group(1)) if bad else 0) + errors


def bare(connections, *how):
    with subprocess.Popen([os.path.join(default_build(), "bench", "bare_http"), *how], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as p:
        port = int(p.stdout.readline())
        before = cpu(p.pid)
        asked = [wrk(port, f"/ussd/at/{SECRET}", connections) for _ in range(RUNS)]
        if any(bad for _, _, bad in asked):
            raise AssertionError("the bare handler failed")
        rates = [rate for rate, _, _ in asked]
        used = (cpu(p.pid) - before) / (sum(rates) * float(SECONDS)) * 1e6
        p.stdin.close()
    return median(rates), used


def menus():
    heading(f"callbacks of a USSD provider {sync_note()}")
    if not shutil.which("wrk"):
        say("  wrk (Debian package wrk) is not installed, left out")
        return
    port = free_port()

    def edit(text):
        providers = os.path.join(CONFIG_DIR, "providers.cfg")
        text = text.replace("files = {", f'files = {{ providers = [ "{providers}" ];', 1)
        for name in ("schools", "roster"):
            text = re.sub(rf'"[^"]*demo_{name}.csv"', f'"{os.path.join(gw_dir[0], name)}.csv"', text)
        return text + f'\nussd = {{ providers = ( {{ name = "b"; like = "africastalking"; secret = "{SECRET}"; }} ); }};\n'
    gw_dir = [""]
    with Gateway() as gw:
        gw_dir[0] = gw.dir
        town(gw)
        gw.write_config(listening(port, "per_address = 256;", edit))
        gw.command("init")
        gw.command("contact", "import", os.path.join(gw.dir, "roster.csv"))
        gw.run()
        limit, bare_us = bare(60)
        blind, blind_us = bare(60, "blind")
        path = f"/ussd/at/{SECRET}"
        pids = Pids(gw).by_name
        before = {name: cpu(pids[name]) for name in ("hub", "edge")}
        full = [wrk(port, path, 60) for _ in range(RUNS)]
        used = {name: (cpu(pids[name]) - t) / (sum(r for r, _, _ in full) * float(SECONDS)) * 1e6 for name, t in before.items()}
        half = [wrk(port, path, 12) for _ in range(RUNS)]
        rate = median([r for r, _, _ in full])
        row("callbacks a second, each durable; bare libmicrohttpd", rate, peer=limit, target=">= 5,000, ratio >= 0.25")
        row("  against one that looks at nothing it is sent", rate, peer=blind)
        row("  processor time a callback, edge; the bare handler", used["edge"], "us", peer=bare_us)
        row("  ... and one that looks at nothing", used["edge"], "us", peer=blind_us)
        row("  processor time a callback, hub", used["hub"], "us")
        row("  99th percentile, 60 callers at once", median([p for _, p, _ in full]), "ms")
        row("  99th percentile, 12 callers at once", median([p for _, p, _ in half]), "ms", target="<= 50")
        row("  failures", sum(b for _, _, b in full + half), target="0")
        for name, mb in Pids(gw).peaks().items():
            row(f"  peak memory, {name}", mb, "MB", target={"hub": "<= 16", "edge": "<= 12"}.get(name, ""))
        wait_for(lambda: gw.count("ussd_sessions") > 0, 10)
