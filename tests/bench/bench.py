#!/usr/bin/env python3
"""Figures of this build, and of gammu-smsd on the same simulated modem in the same run.

usage: bench.py [PROGRAM ...]   the C benchmarks to run as well
Each figure is the median of RUNS runs.  Loads stay on loopback and end by themselves.
"""
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "system"))
from gateway import CONFIG_DIR, Gateway, no_guards  # noqa: E402
from simmodem import SimModem, default_build, wait_for  # noqa: E402

RUNS = int(os.environ.get("RUNS", "3"))
BURST = int(os.environ.get("BURST", "500"))


def line(name, value, unit="", note=""):
    print(f"{name:58} {value:>12} {unit:10} {note}", flush=True)


def median(values):
    return statistics.median(values)


def memory(pid):
    """Peak resident memory of a process, in MB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        part = f.read().rsplit(")", 1)[1].split()
    return (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")


def sync_time():
    """One write and fdatasync of 4 KB, in ms: what every durable rate is bound by."""
    path = tempfile.NamedTemporaryFile(dir=default_build(), delete=False)
    took = []
    for _ in range(200):
        start = time.perf_counter()
        os.pwrite(path.fileno(), b"x" * 4096, 0)
        os.fdatasync(path.fileno())
        took.append((time.perf_counter() - start) * 1000)
    path.close()
    os.unlink(path.name)
    line("this machine: write and sync of 4 KB", f"{median(took):.3f}", "ms")


def store_burst(sim, n):
    """n texts that owe no reply are on the SIM before anybody may read it."""
    for i in range(n):
        sim.deliver("+355697000000", f"Faleminderit shume {i}", time=1763450000 + i)


def listing_begins(sim):
    """When the modem is next asked for its messages.  No pause in the loop: a burst takes 0.2 s."""
    def listings():
        return sum(n for command, n in sim.stats()["by_command"].items() if "CMGL" in command)
    before, until = listings(), time.monotonic() + 120
    while listings() == before:
        if time.monotonic() > until:
            raise TimeoutError("nobody lists the messages")
    return time.monotonic()


class Pids:
    def __init__(self, gw):
        self.hub = gw.hub.pid
        workers = {w["name"]: w["pid"] for w in gw.status()["workers"]}
        self.courier = workers.pop("courier")
        self.modem = next(iter(workers.values()))

    def all(self):
        return (self.hub, self.modem, self.courier)


def receive_ours(throttle=None, n=BURST):
    """First text in hand -> last one committed and deleted, texts a second."""
    options = {"sim_size": 255, "me_size": 255 if n <= 510 else 20000}
    if throttle:
        options["throttle"] = throttle
    with Gateway(sim_options=options, edit=no_guards) as gw:
        gw.init().run()
        gw.sim.ctl("pace 0")
        gw.sim.fault("nocmti")       # not announced: the sweep finds all of them
        store_burst(gw.sim, n)
        pids = Pids(gw)
        before = sum(cpu(p) for p in pids.all())
        start = listing_begins(gw.sim)
        gw.sim.wait("empty", 600)
        took = time.monotonic() - start
        gw.settled(60)
        used = sum(cpu(p) for p in pids.all()) - before
        return n / took, used / n * 1000, {k: memory(getattr(pids, k)) for k in ("hub", "modem", "courier")}


def receive_smsd(throttle=None, n=BURST):
    """gammu-smsd with its files backend at its fastest settings."""
    options = {"sim_size": 255, "me_size": 255}
    if throttle:
        options["throttle"] = throttle
    directory = tempfile.mkdtemp(prefix="smsd-")
    with SimModem.start(**options) as sim:
        for name in ("inbox", "outbox", "sent", "error"):
            os.mkdir(os.path.join(directory, name))
        cfg = os.path.join(directory, "smsdrc")
        with open(cfg, "w", encoding="ascii") as f:
            f.write(f"[gammu]\ndevice = {sim.device}\nconnection = at115200\nmodel = at\n[smsd]\nservice = files\n"
                    f"checksecurity = 0\nresetfrequency = 0\nstatusfrequency = 0\nreceivefrequency = 1\n"
                    f"loopsleep = 1\ncommtimeout = 1\n" +
                    "".join(f"{k}path = {directory}/{v}/\n" for k, v in
                            (("inbox", "inbox"), ("outbox", "outbox"), ("sentsms", "sent"), ("errorsms", "error"))))
        store_burst(sim, n)
        p = subprocess.Popen(["gammu-smsd", "-c", cfg], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            start = listing_begins(sim)
            sim.wait("empty", 900)
            took = time.monotonic() - start
            return n / took, memory(p.pid)
        finally:
            p.terminate()
            p.wait()
            shutil.rmtree(directory)


def receiving():
    ours, cost, peaks = [], [], []
    for _ in range(RUNS):
        rate, ms, peak = receive_ours()
        ours.append(rate)
        cost.append(ms)
        peaks.append(peak)
    theirs = [receive_smsd() for _ in range(RUNS)]
    smsd = median([t[0] for t in theirs])
    line(f"receive: {BURST} texts, SIM -> committed and deleted", f"{median(ours):.0f}", "texts/s")
    line("  gammu-smsd, files, fastest settings, same simulator", f"{smsd:.0f}", "texts/s",
         f"ratio {median(ours) / smsd:.1f}")
    line("  processor time a text, all processes", f"{median(cost):.2f}", "ms")
    for name in ("hub", "modem", "courier"):
        line(f"  peak memory {name}", f"{median([p[name] for p in peaks]):.1f}", "MB")
    line("  peak memory gammu-smsd", f"{median([t[1] for t in theirs]):.1f}", "MB")
    a, b = receive_ours(11520, 60)[0], receive_smsd(11520, 60)[0]
    line("receive at 11,520 bytes a second", f"{a:.1f}", "texts/s", f"gammu-smsd {b:.1f}, ratio {a / b:.1f}")


def latency():
    """+CMTI -> the agency has the request, by the two simulators' clocks on one machine."""
    took = []
    with Gateway(edit=no_guards) as gw:
        gw.init().run()
        for i in range(60):
            start = time.time()
            gw.text("O1", f"RAST LYP Z{1 + i % 9} M{6 + i % 10}")
            request = gw.agency.wait(i + 1)[-1]
            took.append((datetime.fromisoformat(request["time"]).timestamp() - start) * 1000)
            gw.settled()
        start, before = time.monotonic(), sum(cpu(p) for p in Pids(gw).all())
        wait_for(lambda: time.monotonic() - start > 10, 20)
        idle = (sum(cpu(p) for p in Pids(gw).all()) - before) / (time.monotonic() - start) * 100
    took.sort()
    line("text at the modem -> request at the agency, median", f"{median(took):.1f}", "ms")
    line("  95th percentile", f"{took[int(len(took) * 0.95)]:.1f}", "ms", "delivering it to the simulator included")
    line("  all processes when idle", f"{idle:.2f}", "% core")


TEACHERS, SCHOOL = 400, 8  # so many that none is held for a flood; classes of one school


def town(gw):
    """A town of TEACHERS classes: the demonstration's schools and roster, and these."""
    with open(os.path.join(CONFIG_DIR, "demo_schools.csv"), encoding="ascii") as f:
        schools = f.read()
    roster = "id,msisdn,role,school,classes,agency,language\n"
    for i in range(TEACHERS):
        school, name = f"B{i // SCHOOL}", f"{1 + i % SCHOOL}A"
        schools += f"{school},{name},28,morning\n"
        roster += f"B{i},{teacher(i)},teacher,{school},{name},,sq\n"
    for name, text in (("schools.csv", schools), ("roster.csv", roster)):
        with open(os.path.join(gw.dir, name), "w", encoding="ascii") as f:
            f.write(text)


def teacher(i):
    return f"+3556950{i % TEACHERS:05d}"


def absences(path, n):
    """n texts: each class reports several pupils on each of five days."""
    now = int(time.time())
    with open(path, "w", encoding="ascii") as f:
        for i in range(n):
            round_ = i // TEACHERS
            at = now - (round_ % 5) * 86400 - round_
            f.write(f"{teacher(i)} {at} mungese {1 + i % TEACHERS % SCHOOL}A {1 + round_ % 28}\n")


def hub_alone():
    """A worker stand-in feeds frames: reading, rules, replies and commits, no modem."""
    n, rates = 20000, []
    for _ in range(RUNS):
        with Gateway(edit=no_guards) as gw:
            town(gw)
            standin, texts = os.path.join(gw.dir, "bin"), os.path.join(gw.dir, "texts")
            os.mkdir(standin)
            shutil.copy(os.path.join(gw.build, "bench", "standin", "kujdestar-modem"), standin)
            shutil.copy(os.path.join(gw.build, "kujdestar-courier"), standin)
            absences(texts, n)
            device = re.escape(gw.sim.device)
            gw.write_config(lambda t: re.sub(f'"{device}"; sweep_s = \\d+;', f'"{texts}"; credit = 64;', t)
                            .replace("hub = {", f'hub = {{ worker_dir = "{standin}";', 1)
                            .replace(os.path.join(CONFIG_DIR, "demo_schools.csv"),
                                     os.path.join(gw.dir, "schools.csv")))
            gw.init().command("contact", "import", os.path.join(gw.dir, "roster.csv"))
            gw.run()
            wait_for(lambda: os.path.exists(texts + ".done"), 300, "all texts acknowledged")
            wait_for(lambda: not gw.status()["inbox"]["ready"], 60, "all texts read")
            with open(texts + ".done", encoding="ascii") as f:
                count, seconds = f.read().split()
            rates.append(int(count) / float(seconds))
            read = gw.count("messages", "state = 'read'")
            if read != n:
                raise AssertionError(f"{read} of {n} texts were read")
    line(f"hub alone: {n} absence texts, read, replied, durable", f"{median(rates):.0f}", "texts/s")


def instructions(program):
    """Instructions a reading, by callgrind: the same on every machine with this compiler."""
    if not shutil.which("valgrind"):
        return
    totals = []
    for rounds in (0, 2):
        p = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, str(rounds)],
                           capture_output=True, text=True, timeout=600, check=True)
        # the last of "Collected : N"; two rounds minus none leaves the readings alone
        totals.append(int(re.findall(r"Collected : (\d+)", p.stderr)[-1]))
        texts = int(p.stdout.split()[0])
    print(f"parser: {(totals[1] - totals[0]) // (2 * texts)} instructions a reading", flush=True)


def main():
    print("Kujdestar, measured on this machine now; medians of", RUNS, "runs\n")
    sync_time()
    for name in sys.argv[1:]:
        subprocess.run([name], check=True)
        if os.path.basename(name) == "bench_parser":
            instructions(name)
    hub_alone()
    latency()
    receiving()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()
