#!/usr/bin/env python3
"""System tests with hub and workers under valgrind's memcheck.  usage: valgrind.py TEST.py ...

$BUILD holds binaries that are not confined (CONFINE_OFF): valgrind makes calls of its own.  In a folder
beside them programs of the same names run those under valgrind, one log a process; any error, leak or
descriptor left open that is ours fails the run.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build/valgrind"))
PROGRAMS = ("kujdestar", "kujdestar-modem", "kujdestar-courier", "kujdestar-edge")
# Killed workers leave nothing to say about leaks: definite ones at an orderly end are what counts.
OPTIONS = ["--quiet", "--error-exitcode=0", "--leak-check=full", "--errors-for-leak-kinds=definite",
           "--show-leak-kinds=definite", "--trace-children=no", "--child-silent-after-fork=yes", "--num-callers=25"]


def script(path, words):
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + words)
    os.chmod(path, 0o755)


def wrap(folder, logs):
    """folder/kujdestar runs hub/kujdestar, which finds its workers beside itself: these run workers/..."""
    hub, workers = os.path.join(folder, "hub"), os.path.join(folder, "workers")
    os.mkdir(hub)
    os.mkdir(workers)

    def under(name, real):
        words = " ".join([*OPTIONS, f"--suppressions={ROOT}/tests/valgrind.supp", f"--log-file={logs}/{name}.%p"])
        return f'exec valgrind {words} {real} "$@"\n'
    for name in PROGRAMS:
        real = shutil.copy(os.path.join(BUILD, name), hub if name == "kujdestar" else workers)
        if name != "kujdestar":
            for place in (hub, folder):  # there for tests that start a worker themselves
                script(os.path.join(place, name), under(name, real))
            continue
        # commands other than run are short and many
        script(os.path.join(folder, name), f'case " $* " in *" run "*) {under(name, real)} ;; esac\nexec {real} "$@"\n')
    os.makedirs(os.path.join(folder, "tests/unit"))
    shutil.copy(os.path.join(BUILD, "tests/unit/test_sign"), os.path.join(folder, "tests/unit"))  # signs for a system test
    for name in ("sim-modem", "sim-agency"):
        shutil.copy(os.path.join(BUILD, name), folder)


def findings(logs):
    """Texts of logs in which valgrind found something."""
    for path in sorted(glob.glob(f"{logs}/*")):
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read()
        if re.search(r"^==\d+== (?:Invalid|Conditional jump|Use of uninit|Syscall param|Mismatched|Source and destination|"
                     r"Argument|[\d,]+ (?:\([^)]*\) )?bytes in [\d,]+ blocks are definitely)", text, re.M):
            yield path, text


def main():
    with tempfile.TemporaryDirectory(prefix="kujdestar-valgrind-") as folder:
        logs = os.path.join(folder, "logs")
        os.mkdir(logs)
        wrap(folder, logs)
        env = dict(os.environ, BUILD=folder, VALGRIND="1", PATIENCE="20", KILLS="5", TEXTS="20")
        code = subprocess.run([sys.executable, os.path.join(ROOT, "tests/run.py"), "-j1", "--timeout", "1500", *sys.argv[1:]],
                              env=env).returncode
        n = len(glob.glob(f"{logs}/*"))
        found = list(findings(logs))
        for path, text in found:
            print(os.path.basename(path))
            print(text[-8000:])
        print(f"valgrind: {n} processes, {len(found)} with findings")
        return 1 if code or found or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
