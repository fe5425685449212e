"""What each part of the benchmark needs: the table, medians, processes' memory and time, the disk."""
import os
import re
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "system"))
from simmodem import default_build  # noqa: E402

RUNS = int(os.environ.get("RUNS", "3"))
median = statistics.median


def say(words):
    print(words, flush=True)


def heading(words):
    say(f"\n{words}\n{'figure':56} {'here':>12} {'compared with':>14} {'ratio':>6}  target")


def row(figure, value, unit="", peer=None, ratio=None, target=""):
    """One line of the table.  peer: a figure of the same unit; ratio: ours to it, unless given."""
    def words(v):
        digits = 0 if abs(v) >= 100 else 1 if abs(v) >= 10 else 2
        return f"{v:,.{digits}f}"
    if peer and ratio is None:
        ratio = value / peer
    say(f"{figure + (', ' + unit if unit else ''):56} {words(value):>12} {words(peer) if peer else '':>14} "
        f"{f'{ratio:.2f}' if ratio is not None else '':>6}  {target}")


def memory(pid):
    """Peak resident memory of a process, in MB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024


def cpu(pid):
    """Seconds of processor time the threads of a process have used; in nanoseconds, not ticks."""
    used = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as f:
            used += int(f.read().split()[0])
    return used / 1e9


def sync_ms():
    """One write and fdatasync of 4 KB, in ms: what every durable rate is bound by."""
    with tempfile.NamedTemporaryFile(dir=default_build()) as f:
        took = []
        for _ in range(200):
            start = time.perf_counter()
            os.pwrite(f.fileno(), b"x" * 4096, 0)
            os.fdatasync(f.fileno())
            took.append((time.perf_counter() - start) * 1000)
    return median(took)


def sync_note():
    return f"(a sync takes {sync_ms():.3f} ms)"


class Pids:
    """The gateway's processes by what they are."""

    def __init__(self, gw):
        workers = {w["name"]: w["pid"] for w in gw.status()["workers"]}
        self.by_name = {"hub": gw.hub.pid, "courier": workers.pop("courier", None)}
        edges = [n for n in workers if n.startswith("edge")]
        for name in edges:
            self.by_name[name] = workers.pop(name)
        self.by_name["modem worker"] = next(iter(workers.values()), None)
        self.by_name = {k: v for k, v in self.by_name.items() if v}

    def cpu(self):
        return sum(cpu(p) for p in self.by_name.values())

    def peaks(self):
        return {name: memory(p) for name, p in self.by_name.items()}
