"""What a running process holds in its memory, read as root.

    for region in regions(pid): ...     # name, locked, data
    holds(pid, hunt)                    # lines: a planted word in some form (traces.py), and what is around it
"""
import collections
import re

Region = collections.namedtuple("Region", "name locked data")
PAGE = 4096


def regions(pid):
    """All that it could have written."""
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as f:
        parts = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", f.read(), flags=re.M)[1:]
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for part in parts:
            begin, end, how, name = re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)", part).groups()
            locked = int(re.search(r"^Locked: +(\d+)", part, re.M)[1]) > 0
            if "w" in how:
                yield Region(name or "anonymous", locked, octets(mem, int(begin, 16), int(end, 16)))


def octets(mem, at, end):
    """Of this stretch; nothing for what cannot be read."""
    held = bytearray()
    while at < end:
        try:
            mem.seek(at)
            part = mem.read(min(end - at, 1 << 20))
        except OSError:
            part = b""
        part = part or bytes(min(end - at, PAGE))
        held += part
        at += len(part)
    return bytes(held)


def holds(pid, hunt):
    out = []
    for region in regions(pid):
        for there in hunt.by_prefix.values():
            for form, (word, name, _) in there.items():
                at = region.data.find(form)
                if at >= 0:
                    around = region.data[max(0, at - 48):at + len(form) + 48]
                    out.append(f"{word!r} as {name} in {region.name} + {at}: {around!r}")
    return out


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
