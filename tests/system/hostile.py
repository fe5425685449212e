"""A worker under an attacker's control: started by a real hub in the place of its own.

    lair = Lair(build)                      # a folder to name as hub.worker_dir
    lair.set("courier", "lies", "say(segment(1, b'x'))")
    lair.set("modem", "ghost", "...")       # of the modem of that name; the others are real

The words are Python, run after the first frame was read, with all of wire.py and these:
  settings   the first frame's pairs
  ready()    says READY under the right name; ready(credit=...) and what else wire.ready takes
  say(f)     sends octets as they are; what the hub no longer takes ends the worker
  hear()     the next frame, decoded; None when none comes within a second
  r          a random.Random, seeded with the lair's seed and this start's number
and when they end the worker reads what comes until the hub ends it.
"""
import json
import os
import random
import shutil
import socket
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Lair:
    def __init__(self, build, seed=0):
        self.dir = tempfile.mkdtemp(prefix="kujdestar-lair-")
        self.build = os.path.abspath(build)
        self.seed = seed
        self.names = {"modem": {}, "courier": {}, "edge": {}}
        for kind in self.names:
            self._write(kind)

    def set(self, kind, name, words):
        self.names[kind][name] = words
        self._write(kind)

    def _write(self, kind):
        cases = "".join(f"{name}) SEED={self.seed} exec {sys.executable} {HERE}/hostile.py {self.dir} {kind} {name};;\n"
                        for name in self.names[kind])
        for name, words in self.names[kind].items():
            with open(os.path.join(self.dir, f"{kind}.{name}"), "w", encoding="utf-8") as f:
                f.write(words)
        path = os.path.join(self.dir, f"kujdestar-{kind}")
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(f"#!/bin/sh\ncase $1 in\n{cases}esac\nexec {self.build}/kujdestar-{kind} \"$1\"\n")
        os.chmod(path + ".new", 0o755)
        os.rename(path + ".new", path)

    def edit(self, text):
        """For Gateway(edit=...): the hub takes its workers from here."""
        return text.replace("hub = {", f'hub = {{ worker_dir = "{self.dir}";', 1)

    def starts(self, kind, name):
        try:
            return os.path.getsize(os.path.join(self.dir, f"{kind}.{name}.starts"))
        except FileNotFoundError:
            return 0

    def heard(self, kind, name):
        """Frames that the hub sent to it, over all its starts."""
        try:
            with open(os.path.join(self.dir, f"{kind}.{name}.heard"), encoding="utf-8") as f:
                return [json.loads(line) for line in f]
        except FileNotFoundError:
            return []

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def plain(v):
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    return [plain(x) for x in v] if isinstance(v, list) else v


def main():
    import wire
    folder, kind, name = sys.argv[1:4]
    base = os.path.join(folder, f"{kind}.{name}")
    with open(base + ".starts", "ab") as f:
        f.write(b".")
    hub = socket.socket(fileno=wire.FD)
    diary = open(base + ".heard", "a", encoding="utf-8")

    def hear(wait=1.0):
        hub.settimeout(wait)
        try:
            data = hub.recv(wire.MAX)
        except TimeoutError:
            return None
        except OSError:
            sys.exit(0)
        if not data:
            sys.exit(0)
        got = wire.decode(data)
        diary.write(json.dumps(plain(list(got))) + "\n")
        diary.flush()
        return got

    def say(data):
        hub.settimeout(None)
        try:
            hub.send(data)
        except OSError:
            sys.exit(0)

    first = hear(30)
    with open(base, encoding="utf-8") as f:
        words = f.read()
    world = {k: getattr(wire, k) for k in dir(wire) if not k.startswith("_")}
    world.update(settings=first[1] if first else {}, say=say, hear=hear, hub=hub, name=name, kind=kind,
                 ready=lambda n=kind, **more: say(wire.ready(n, **more)),
                 r=random.Random(f"{os.environ.get('SEED', 0)}.{name}.{os.path.getsize(base + '.starts')}"))
    exec(compile(words, base, "exec"), world)
    while True:
        hear(60)


if __name__ == "__main__":
    main()
