"""The hub alone, fed by a stand-in for a modem worker; and the same rows by a bare SQLite loop."""
import os
import re
import shutil
import subprocess
import time

from common import RUNS, Pids, heading, median, row, sync_note
from gateway import CONFIG_DIR, Gateway, no_guards
from simmodem import wait_for

TEXTS = 20000
CREDIT = 64                # texts on their way at once, and so the most of one commit
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


def prepare(gw, n):
    """The stand-in in the modem worker's place, its texts, the town; returns the texts' file."""
    town(gw)
    standin, texts = os.path.join(gw.dir, "bin"), os.path.join(gw.dir, "texts")
    os.mkdir(standin)
    shutil.copy(os.path.join(gw.build, "bench", "standin", "kujdestar-modem"), standin)
    for worker in ("courier", "edge"):
        binary = os.path.join(gw.build, f"kujdestar-{worker}")
        if os.path.exists(binary):
            shutil.copy(binary, standin)
    absences(texts, n)
    device = re.escape(gw.sim.device)
    gw.write_config(lambda t: re.sub(f'"{device}"; sweep_s = \\d+;', f'"{texts}"; credit = {CREDIT};', t)
                    .replace("hub = {", f'hub = {{ worker_dir = "{standin}";', 1)
                    .replace(os.path.join(CONFIG_DIR, "demo_schools.csv"), os.path.join(gw.dir, "schools.csv")))
    gw.init().command("contact", "import", os.path.join(gw.dir, "roster.csv"))
    return texts


def finish(gw, texts, n):
    """Waits for the end; texts a second."""
    wait_for(lambda: os.path.exists(texts + ".done"), 300, "all texts acknowledged")
    wait_for(lambda: not gw.status()["inbox"]["ready"], 60, "all texts read")
    with open(texts + ".done", encoding="ascii") as f:
        count, seconds = f.read().split()
    read = gw.count("messages", "state = 'read'")
    if read != n:
        raise AssertionError(f"{read} of {n} texts were read")
    return int(count) / float(seconds)


def replayed(gw, n):
    """The rows of the run that has just ended, by a bare loop beside its database; texts a second."""
    out = subprocess.run([os.path.join(gw.build, "bench", "replay"), os.path.join(gw.dir, "kujdestar.db"),
                          os.path.join(gw.dir, "bare.db"), str(CREDIT)], capture_output=True, text=True, check=True)
    return n / float(out.stdout)


def hub_alone():
    heading(f"the hub alone: {TEXTS:,} absence texts read, judged, answered, durable {sync_note()}")
    rates, bare, cost = [], [], []
    for _ in range(RUNS):
        with Gateway(edit=no_guards) as gw:
            texts = prepare(gw, TEXTS)
            gw.run()
            rates.append(finish(gw, texts, TEXTS))
            cost.append(Pids(gw).cpu() / TEXTS * 1000)
            gw.stop_hub()
            bare.append(replayed(gw, TEXTS))
    row("texts through the hub", median(rates), "texts/s", target=">= 10,000")
    row("  against bare SQLite, same rows, same groups, FULL", median(rates), "texts/s", median(bare),
        target=">= 0.50")
    row("  processor time a text, stand-in included", median(cost), "ms")
