"""What a disk holds after the power went: the other half of tests/sim/disk/power.c.

    disk = Disk(directory)                       # what is there now is on the disk
    gw.run(env=disk.power(cut=7))                # the process is killed at its seventh sync
    files = disk.after_cut()                     # nothing but what was synced
    files = disk.after_cut(random.Random(3))     # ... and any part of what was not
    disk.put(files)

An octet is on the disk once its file was synced after it was written, a name once its folder was.  Of what was
not synced a real disk holds any part: sectors of 512 octets, sizes and names, each or not.
"""
import os
import random
import struct

from gateway import preload

SECTOR = 512
RECORD = struct.Struct("<IIQQQ")
INDEX = ("-shm",)  # of a write-ahead log: never synced, and made anew
NOT_OURS = INDEX + ("log", ".cfg", ".so", "control")


class File:
    """What is on the disk, and what was done since, in order."""

    def __init__(self, octets=b""):
        self.octets = octets
        self.waiting = []  # (offset, octets), or (size, None)

    @staticmethod
    def apply(octets, at, new):
        if new is None:
            del octets[at:]
            octets.extend(bytes(at - len(octets)))
            return
        octets.extend(bytes(max(0, at + len(new) - len(octets))))
        octets[at:at + len(new)] = new

    def sync(self):
        octets = bytearray(self.octets)
        for at, new in self.waiting:
            self.apply(octets, at, new)
        self.octets, self.waiting = bytes(octets), []

    def sectors(self):
        for at, new in self.waiting:
            if new is None:
                yield at, None
                continue
            while new:
                n = SECTOR - at % SECTOR
                yield at, new[:n]
                at, new = at + n, new[n:]

    def after_cut(self, rng, share):
        octets = bytearray(self.octets)
        for at, new in self.sectors() if rng else ():
            if rng.random() < share:
                self.apply(octets, at, new)
        return bytes(octets)


class Disk:
    def __init__(self, directory):
        """Everything below that folder."""
        self.dir = os.path.realpath(directory)
        self.journal = os.path.join(self.dir, "power.log")
        self.library = preload(self.dir, "disk/power.c")
        self.start()

    def start(self):
        """All that is there now is on the disk."""
        if os.path.exists(self.journal):
            os.unlink(self.journal)
        self.names = {n: File(self.read(n)) for n in self.ours()}

    def ours(self, ends=()):
        """Names of files that are on the disk, as from that folder; or of those with such ends."""
        there = [os.path.relpath(os.path.join(where, name), self.dir)
                 for where, _, names in os.walk(self.dir) for name in names]
        return [n for n in there if (n.endswith(ends) if ends else not n.endswith(NOT_OURS))]

    def read(self, name):
        with open(os.path.join(self.dir, name), "rb") as f:
            return f.read()

    def power(self, cut=0, after=False, lies=""):
        """Environment of the process that uses this disk."""
        return dict(self.library, POWER_DIR=self.dir, POWER_JOURNAL=self.journal, POWER_CUT=str(cut),
                    POWER_AFTER="1" if after else "", POWER_LIES=lies)

    def records(self):
        with open(self.journal, "rb") as f:
            data = f.read()
        at = 0
        while at < len(data):
            op, path_len, ino, where, n = RECORD.unpack_from(data, at)
            at += RECORD.size
            paths = [os.path.relpath(p, self.dir) if p else p for p in data[at:at + path_len].decode().split("\0")]
            at += path_len + n
            assert at <= len(data), "the journal is torn"
            yield chr(op), paths, ino, where, data[at - n:at]

    def syncs(self):
        return sum(op in "SD" for op, *_ in self.records())

    def replay(self):
        """Names on the disk, the changes of names that wait, and every file by its inode."""
        durable, now, waiting, files = dict(self.names), dict(self.names), [], {}
        for op, paths, ino, at, data in self.records():
            if op == "C":
                files[ino] = File()
                waiting.append((paths[0], files[ino]))
            elif op == "O":
                files[ino] = now.setdefault(paths[0], File()) if paths[0].endswith(INDEX) else now[paths[0]]
            elif op == "U":
                waiting.append((paths[0], None))
            elif op == "R":
                waiting.append((paths[1], now[paths[0]], paths[0]))
            elif op == "D":
                there = [c for c in waiting if os.path.dirname(c[0]) == paths[0].removeprefix(".")]
                for change in there:
                    self.rename(durable, change)
                waiting = [c for c in waiting if c not in there]
            elif op in "WT":
                files[ino].waiting.append((at, data if op == "W" else None))
            elif op == "X":
                files[ino].waiting = [(0, None), (0, data)]
            elif op == "S":
                files[ino].sync()
            if op in "CUR":
                self.rename(now, waiting[-1])
        return durable, waiting

    @staticmethod
    def rename(names, change):
        name, file, *was = change
        for old in was:
            names.pop(old, None)
        if file:
            names[name] = file
        else:
            names.pop(name, None)

    def after_cut(self, rng=None):
        """name -> octets.  Without rng nothing but what was synced."""
        durable, waiting = self.replay()
        share = rng.choice((0.1, 0.5, 0.9, 1.0)) if rng else 0
        for change in waiting:
            if rng and rng.random() < share:
                self.rename(durable, change)
        return {n: f.after_cut(rng, share) for n, f in durable.items() if not n.endswith(NOT_OURS)}

    def put(self, files, directory=None):
        """In place of what is there; or into another folder."""
        for name in () if directory else self.ours():
            os.unlink(os.path.join(self.dir, name))
        for name in () if directory else self.ours(INDEX):
            path = os.path.join(self.dir, name)
            with open(path, "r+b") as f:  # a disk holds anything of it
                f.write(random.Random(len(files)).randbytes(os.path.getsize(path)))
        for name, octets in files.items():
            path = os.path.join(directory or self.dir, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(octets)
