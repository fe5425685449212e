#!/usr/bin/env python3
"""Proves the layers: who may include whom, where each foreign header stands, and that neither
includes nor calls go round in a circle.  usage: layers.py BUILD
"""
import glob, os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"

# folder -> folders it may include (a file's own folder always)
ALLOWED = {
    "parser": [],
    "store": [],
    "config": ["parser"],
    "gateway/pin": ["parser"],
    "gateway/hub": ["config", "store", "parser", "gateway/casework", "gateway/intake", "gateway/outbox",
                    "gateway/ussd", "gateway/pin"],
    "gateway/casework": ["config", "store", "parser", "gateway/hub", "gateway/outbox", "gateway/pin"],
    "gateway/outbox": ["config", "store", "parser", "gateway/hub", "gateway/casework"],
    "gateway/intake": ["config", "store", "parser", "gateway/hub", "gateway/casework", "gateway/outbox",
                       "gateway/ussd", "gateway/pin"],
    "gateway/ussd": ["config", "store", "parser", "gateway/hub", "gateway/casework", "gateway/intake",
                     "gateway/outbox"],
    "gateway/cli": ["config", "store", "parser", "gateway/hub", "gateway/ussd", "gateway/pin"],
    "gateway/modem": ["parser"],
    "gateway/courier": ["parser"],
    "gateway/edge": ["parser"],
    "gateway": ["gateway/cli"],
}
# Lower files of gateway/hub that anybody in gateway may include; workers only the wire.
HUB_LOW = {"gateway/hub/wire.h", "gateway/hub/clock.h", "gateway/hub/log.h"}
WORKERS = {"gateway/modem": {"gateway/hub/wire.h", "gateway/hub/confine.h"},
           "gateway/courier": {"gateway/hub/wire.h", "gateway/hub/confine.h"},
           "gateway/edge": {"gateway/hub/wire.h", "gateway/hub/confine.h"}}
# foreign header -> the files (or folders) where it may stand
FOREIGN = {
    "sqlite3.h": ["store/db_sqlite.c", "store/db_gather.c"],
    "sodium.h": ["store/seal.c", "store/crypt.c", "gateway/outbox/sign.c", "gateway/pin/hash.c"],
    "libconfig.h": ["config/reader.c"],
    "utf8proc.h": ["parser"],
    "gammu.h": ["gateway/modem/link.c"],
    "curl/curl.h": ["gateway/courier/http.c"],
    "microhttpd.h": ["gateway/edge/server.c"],
    "expat.h": ["gateway/edge/xml.c"],
    "seccomp.h": ["gateway/hub/confine_calls.c"],
    "systemd/sd-daemon.h": ["gateway/hub/notify.c"],
    "jansson.h": ["gateway/outbox", "gateway/cli", "gateway/hub/control.c", "gateway/hub/control.h",
                  "gateway/hub/verbs.c", "gateway/hub/verbs.h", "gateway/hub/menus.c", "gateway/hub/menus.h", "gateway/hub/verbs_int.h",
                  "gateway/hub/verbs_int.c", "gateway/hub/verbs_secret.c", "gateway/hub/verbs_school.c", "gateway/hub/verbs_report.c",
                  "gateway/hub/verbs_agenda.c", "gateway/hub/verbs_audit.c", "gateway/hub/verbs_keys.c", "gateway/hub/verbs_data.c", "gateway/hub/upkeep.h", "gateway/hub/verbs_agency.c",
                  "gateway/hub/inquiry.c", "gateway/hub/inquiry.h", "gateway/casework/keys.c",
                  "gateway/edge"],
}
faults = []


def fault(words):
    faults.append(words)


def folder(path):
    d = os.path.dirname(path)
    return d


def sources():
    for top in ("gateway", "parser", "store", "config"):
        for path in sorted(glob.glob(f"{ROOT}/{top}/**/*.[ch]", recursive=True)):
            yield os.path.relpath(path, ROOT)


def includes(path):
    text = open(os.path.join(ROOT, path), encoding="utf-8").read()
    for m in re.finditer(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', text, re.M):
        yield m.group(1), m.group(2)


def check_include(path, inc):
    mine, theirs = folder(path), folder(inc)
    if mine == theirs:
        return
    if not os.path.exists(os.path.join(ROOT, inc)):
        return fault(f"{path}: includes {inc}, which does not exist")
    if theirs in WORKERS:
        return fault(f"{path}: includes {inc}: nobody includes a worker")
    if mine in WORKERS and theirs == "gateway/hub":
        if inc not in WORKERS[mine]:
            fault(f"{path}: includes {inc}: a worker may use the wire and confine alone")
        return
    if theirs == "gateway/hub" and mine not in ("gateway/hub", "gateway/cli") and inc not in HUB_LOW:
        return fault(f"{path}: includes {inc}: only wire, clock and log lie below {mine}")
    if theirs not in ALLOWED.get(mine, []):
        fault(f"{path}: includes {inc}: {mine} may not use {theirs}")


def check_foreign(path, inc):
    for header, places in FOREIGN.items():
        if inc != header:
            continue
        if not any(path == p or folder(path) == p for p in places):
            fault(f"{path}: includes <{inc}>, which stands in {', '.join(places)} only")


def circle(edges, what):
    """Reports one circle if there is any (depth-first, three colours)."""
    state, stack = {}, []

    def visit(node):
        state[node] = 1
        stack.append(node)
        for nxt in sorted(edges.get(node, ())):
            if state.get(nxt) == 1:
                at = stack.index(nxt)
                fault(f"{what} go round: " + " -> ".join(stack[at:] + [nxt]))
                return True
            if nxt not in state and visit(nxt):
                return True
        stack.pop()
        state[node] = 2
        return False

    sys.setrecursionlimit(10000)
    for node in sorted(edges):
        if node not in state and visit(node):
            return


def module(path):
    return re.sub(r"\.[cho]$", "", path)


def check_includes():
    edges = {}
    for path in sources():
        for kind, inc in includes(path):
            if kind == "<":
                check_foreign(path, inc)
            else:
                check_include(path, inc)
                edges.setdefault(path, set()).add(inc)
    circle(edges, "includes")


def symbols():
    """object -> (defined, wanted) from nm, for the project's own objects."""
    for obj in sorted(glob.glob(f"{ROOT}/{BUILD}/obj/**/*.o", recursive=True)):
        name = module(os.path.relpath(obj, f"{ROOT}/{BUILD}/obj"))
        if name.startswith("tests"):
            continue
        out = subprocess.run(["nm", "-P", obj], capture_output=True, text=True).stdout
        defined, wanted = set(), set()
        for line in out.splitlines():
            part = line.split()
            if len(part) < 2:
                continue
            (wanted if part[1] == "U" else defined if part[1].isupper() else set()).add(part[0])
        yield name, defined, wanted


def check_calls():
    """One graph a program: a worker and the hub may have functions of the same name."""
    objects = list(symbols())
    if not objects:
        return fault(f"no objects in {BUILD}/obj: build first")
    for program in ("hub", *WORKERS):
        inside = []
        for name, defined, wanted in objects:
            worker = next((w for w in WORKERS if name.startswith(w + "/")), None)
            if (program == "hub" and worker is None) or worker == program or \
               (program != "hub" and (name.startswith("parser/") or name in ("gateway/hub/wire", "gateway/hub/confine",
                                                                                    "gateway/hub/confine_paths", "gateway/hub/confine_calls"))):
                inside.append((name, defined, wanted))
        home = {s: name for name, defined, _ in inside for s in defined}
        edges = {}
        for name, _, wanted in inside:
            edges[name] = {home[s] for s in wanted if s in home and home[s] != name}
        circle(edges, f"calls of {program}")


check_includes()
check_calls()
for words in faults:
    print(words)
print(f"layers: {len(faults)} faults")
sys.exit(1 if faults else 0)
