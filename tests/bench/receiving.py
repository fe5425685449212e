"""Texts that lie on a modem: how fast they are taken, by this gateway, by libgammu alone, by peers.

The clock runs from the first listing of the modem's memories to the last text deleted, seen by the
simulator, which is the same for all.  A text of the burst owes no reply.
"""
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from common import RUNS, Pids, cpu, heading, median, memory, row, say, sync_note
from gateway import Gateway, no_guards, roster
from simmodem import SimModem, default_build, wait_for

BURST = int(os.environ.get("BURST", "500"))
LARGE = int(os.environ.get("LARGE", "5000"))
SLOW = 60         # texts over the throttled line
LINE = 11520      # bytes a second: 115,200 baud
SMSD_TEXTS = 30   # it takes ten a second at best


def peers_dir():
    return os.path.join(default_build(), "bench", "peers")


def sim_options(n, throttle):
    options = {"sim_size": 255, "me_size": 255 if n <= 510 else 20000}
    if throttle:
        options["throttle"] = throttle
    return options


NUMBERS = [row["msisdn"] for row in roster().values()]


def store(sim, first, n):
    """Texts that owe no reply, from people on the roster."""
    for i in range(first, n):
        sim.deliver(NUMBERS[i % len(NUMBERS)], "Faleminderit shume", time=1763450000 + i)


def store_burst(sim, n):
    """n texts are on the modem, unannounced, before anybody reads it."""
    sim.ctl("pace 0")
    sim.fault("nocmti")
    store(sim, 0, n)


def listings(sim):
    return sum(n for command, n in sim.stats()["by_command"].items() if "CMGL" in command)


def listing_begins(sim, before):
    """When the modem is next asked for its messages.  No pause in the loop: a burst takes 0.2 s."""
    until = time.monotonic() + 120
    while listings(sim) == before:
        if time.monotonic() > until:
            raise TimeoutError("nobody lists the messages")
    return time.monotonic()


class Result:
    def __init__(self, rate, cpu_ms, peaks):
        self.rate, self.cpu_ms, self.peaks = rate, cpu_ms, peaks


def ours(n, throttle=None):
    """All but one are stored unannounced, between two sweeps; the last one's notice starts the clock."""
    with Gateway(sim_options=sim_options(n, throttle), edit=no_guards) as gw:
        gw.init().run()
        wait_for(lambda: listings(gw.sim) >= 2, 20, "the first sweep of both memories")
        gw.settled()
        before = listings(gw.sim)
        store_burst(gw.sim, n - 1)
        gw.sim.fault("none")
        pids = Pids(gw)
        used = pids.cpu()
        if listings(gw.sim) != before:
            raise AssertionError("a sweep came in between")
        store(gw.sim, n - 1, n)
        start = listing_begins(gw.sim, before)
        gw.sim.wait("empty", 600)
        took = time.monotonic() - start
        gw.settled(60)
        if gw.count("messages", "state <> 'ready'") != n:
            raise AssertionError(f"not all of {n} texts were read")
        return Result(n / took, (pids.cpu() - used) / n * 1000, pids.peaks())


def measured(sim, process, n):
    used = cpu(process.pid)
    start = listing_begins(sim, 0)
    sim.wait("empty", 900)
    took = time.monotonic() - start
    return Result(n / took, (cpu(process.pid) - used) / n * 1000, {"": memory(process.pid)})


def bare(n, throttle=None):
    """libgammu alone: list once, delete each."""
    with SimModem.start(**sim_options(n, throttle)) as sim:
        store_burst(sim, n)
        p = subprocess.Popen([os.path.join(default_build(), "bench", "drain"), sim.device],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if p.stdout.readline() != b"ready\n":
                raise AssertionError("the bare loop did not open the modem")
            used = cpu(p.pid)
            start = time.monotonic()
            p.stdin.write(b"\n")
            p.stdin.flush()
            sim.wait("empty", 600)
            took = time.monotonic() - start
            return Result(n / took, (cpu(p.pid) - used) / n * 1000, {"": memory(p.pid)})
        finally:
            p.kill()
            p.wait()


def with_daemon(n, throttle, write_config, argv, env=None):
    """A daemon with a folder of its own; write_config(folder, device) says where its settings are."""
    directory = tempfile.mkdtemp(prefix="peer-")
    try:
        with SimModem.start(**sim_options(n, throttle)) as sim:
            cfg = write_config(directory, sim.device)
            store_burst(sim, n)
            p = subprocess.Popen([a.replace("CFG", cfg) for a in argv], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env=dict(os.environ, **(env or {})),
                                 start_new_session=True)
            try:
                return measured(sim, p, n)
            finally:
                os.killpg(p.pid, signal.SIGKILL)  # smsd has a process a modem beside its first
                p.wait()
    finally:
        shutil.rmtree(directory)


def folders(directory, *names):
    for name in names:
        os.mkdir(os.path.join(directory, name))


def gammu_config(directory, device, service):
    cfg = os.path.join(directory, "smsdrc")
    with open(cfg, "w", encoding="ascii") as f:
        f.write(f"[gammu]\ndevice = {device}\nconnection = at115200\nmodel = at\n[smsd]\nchecksecurity = 0\n"
                f"resetfrequency = 0\nstatusfrequency = 0\nreceivefrequency = 1\nloopsleep = 1\ncommtimeout = 1\n"
                + service)
    return cfg


def gammu_files(n, throttle=None):
    def config(directory, device):
        folders(directory, "inbox", "outbox", "sent", "error")
        return gammu_config(directory, device, "service = files\n" + "".join(
            f"{k}path = {directory}/{v}/\n" for k, v in
            (("inbox", "inbox"), ("outbox", "outbox"), ("sentsms", "sent"), ("errorsms", "error"))))
    return with_daemon(n, throttle, config, ["gammu-smsd", "-c", "CFG"])


def gammu_sql(n, throttle=None):
    def config(directory, device):
        with open("/usr/share/doc/gammu-smsd/examples/sqlite.sql", encoding="ascii") as f:
            schema = f.read()
        with sqlite3.connect(os.path.join(directory, "smsd.db")) as db:
            db.executescript(schema)
        return gammu_config(directory, device,
                            f"service = sql\ndriver = sqlite3\ndatabase = smsd.db\ndbdir = {directory}/\n"
                            f"driverspath = {driver_dir()}\n")
    return with_daemon(n, throttle, config, ["gammu-smsd", "-c", "CFG"])


def library_dir(name):
    for top in (peers_dir(), "/"):
        for where, _, names in os.walk(os.path.join(top, "usr/lib")):
            if name in names:
                return where
    return None


def driver_dir():
    return library_dir("libdbdsqlite3.so")


def smsd_binary():
    unpacked = os.path.join(peers_dir(), "usr/sbin/smsd")
    return unpacked if os.path.exists(unpacked) else shutil.which("smsd")


def smsd(n, throttle=None):
    """smstools at its fastest settings."""
    def config(directory, device):
        folders(directory, "outgoing", "checked", "incoming", "failed", "sent")
        cfg = os.path.join(directory, "smsd.conf")
        with open(cfg, "w", encoding="ascii") as f:
            f.write("devices = GSM1\nloglevel = 3\ndelaytime = 1\n" + "".join(
                f"{k} = {directory}/{k}\n" for k in ("outgoing", "checked", "incoming", "failed", "sent")) +
                f"logfile = {directory}/log\ninfofile = {directory}/info\npidfile = {directory}/pid\n"
                f"[GSM1]\ndevice = {device}\nincoming = high\nbaudrate = 115200\nrtscts = no\n"
                "check_network = 0\nsend_delay = 0\nread_delay = 0\ndetect_message_routing = no\n"
                "check_memory_method = 5\ncmgl_value = 4\nmemory_start = 1\n")
        return cfg
    return with_daemon(n, throttle, config, [smsd_binary(), "-c", "CFG", "-t"],
                       {"LD_LIBRARY_PATH": library_dir("libmm.so.14") or ""})


def in_turn(*ways, times=RUNS):
    """Runs of several ways in turn, so that what else the machine does meets all; lists of results."""
    return list(zip(*[[way() for way in ways] for _ in range(times)]))


def rate(results):
    return median([r.rate for r in results])


def compare(name, mine, theirs, floor=""):
    row(f"  against {name}", rate(mine), "texts/s", rate(theirs), target=floor)


def against(name, mine, way, n, throttle=None, times=RUNS):
    """The line of a peer; None when it is not there or does not do it here."""
    try:
        theirs = in_turn(lambda: way(n, throttle), times=times)[0]
    except (OSError, AssertionError, TimeoutError, ValueError) as e:
        say(f"  {name}: left out ({e})")
        return None
    compare(name, mine, theirs)
    return theirs


def peers(mine, n, throttle=None, times=RUNS):
    """The daemons, each if it is there.  smsd is so slow that it gets fewer texts."""
    if shutil.which("gammu-smsd"):
        against("gammu-smsd, files, fastest settings", mine, gammu_files, n, throttle, times)
        if driver_dir() and n <= BURST:
            against("gammu-smsd, SQLite, fastest settings", mine, gammu_sql, n, throttle, 1)
    else:
        say("  gammu-smsd: not installed, left out")
    if smsd_binary() and n <= BURST:
        against("smsd (smstools), fastest settings", mine, smsd, SMSD_TEXTS, throttle, 1)
    elif n <= BURST:
        say("  smsd: the package smstools is not to be had, left out")


def show_cost(mine, theirs):
    row("  processor time a text, all processes", median([r.cpu_ms for r in mine]), "ms",
        median([r.cpu_ms for r in theirs]), target="<= 0.2")
    for name, most in (("hub", 16), ("modem worker", 10), ("courier", 16)):
        row(f"  peak memory {name}", max(r.peaks[name] for r in mine), "MB", target=f"<= {most}")


def with_bare(n, throttle=None, times=RUNS, target="", floor=""):
    mine, loop = in_turn(lambda: ours(n, throttle), lambda: bare(n, throttle), times=times)
    row("receive", rate(mine), "texts/s", target=target)
    compare("bare libgammu: list once, delete each", mine, loop, floor)
    return mine, loop


def burst():
    heading(f"{BURST} texts on the modem: first listing to the last one committed and deleted {sync_note()}")
    mine, loop = with_bare(BURST, target=">= 3,000", floor=">= 0.60")
    show_cost(mine, loop)
    peers(mine, BURST)


def throttled():
    heading(f"the same over {LINE:,} bytes a second, {SLOW} texts")
    mine, _ = with_bare(SLOW, LINE, 1, floor=">= 0.95")
    peers(mine, SLOW, LINE, 1)


def large():
    heading(f"{LARGE:,} texts on the modem {sync_note()}")
    mine, loop = with_bare(LARGE, times=1, target="as of the burst of 500", floor=">= 0.60")
    show_cost(mine, loop)
    if shutil.which("gammu-smsd"):
        with open("/proc/meminfo", encoding="ascii") as f:
            free = next(int(line.split()[1]) for line in f if line.startswith("MemAvailable"))
        if free < 6 << 20:  # it keeps 265 KB a text, and more
            say("  gammu-smsd: left out, it needs 3 GB of memory for this")
            return
        theirs = against("gammu-smsd, files, fastest settings", mine, gammu_files, LARGE, times=1)
        if theirs:
            row("  peak memory, all ours to its one", sum(mine[0].peaks.values()), "MB", theirs[0].peaks[""])


def ready():
    """From the start of the program to a modem that takes texts."""
    heading("start")
    took = []
    for _ in range(RUNS):
        with Gateway(edit=no_guards) as gw:
            gw.init()
            start = time.monotonic()
            gw.run(wait=False)
            wait_for(lambda: gw.up() is not None and gw.ready(), 30, "the modem")
            took.append(time.monotonic() - start)
    row("program started to modem ready", median(took), "s", target="< 0.3")


def receiving():
    burst()
    throttled()
    large()
