"""What a running process holds in its memory, read as root.

    for where, octets in holds(pid, hunt): ...    # a planted word in some form (traces.py), and what is around it
"""
import re


def regions(pid):
    """(name, protection, bytes) of all that it has written or could have."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
        lines = f.read().splitlines()
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in lines:
            begin, end, how, name = re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+ *(.*)", line).groups()
            if "w" not in how or name == "[vvar]":
                continue
            at, end = int(begin, 16), int(end, 16)
            held = bytearray()
            while at < end:  # a page that was never touched or is guarded cannot be read
                try:
                    mem.seek(at)
                    part = mem.read(min(end - at, 1 << 20))
                except OSError:
                    part = b"\0" * min(end - at, 4096)
                held += part
                at += len(part) or 4096
            yield name or "anonymous", how, bytes(held)


def holds(pid, hunt):
    """Lines: a planted word, its form, the region, and the octets around it."""
    out = []
    for name, _, data in regions(pid):
        for there in hunt.by_prefix.values():
            for octets, (word, form, _) in there.items():
                at = data.find(octets)
                if at >= 0:
                    out.append(f"{word!r} as {form} in {name} + {at}: {data[max(0, at - 48):at + len(octets) + 48]!r}")
    return out


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
