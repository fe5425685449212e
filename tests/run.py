#!/usr/bin/env python3
"""Runs test programs (TAP) and Python test files, three at a time since most of them wait, and prints one closing line.

usage: run.py [-j N] [--timeout S] PROGRAM|FILE.py ...
A program that dies, prints no result or outlives its time counts as one failure.
"""
import argparse, os, re, signal, subprocess, sys, tempfile, time, unittest
from concurrent.futures import ThreadPoolExecutor

RESULT = re.compile(r"^(not ok|ok)\b(.*)$")


class Tap(unittest.TestResult):
    """unittest results as TAP lines."""

    def __init__(self):
        super().__init__()
        self.n = 0

    def line(self, ok, test, note=""):
        self.n += 1
        print(f"{'ok' if ok else 'not ok'} {self.n} - {test.id()}{note}", flush=True)

    def addSuccess(self, test):
        self.line(True, test)

    def addSkip(self, test, reason):
        self.line(True, test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        self.line(False, test)
        print(self._exc_info_to_string(err, test), flush=True)

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err:
            self.addFailure(subtest, err)


def one(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    name = os.path.splitext(os.path.basename(path))[0]
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = Tap()
    suite.run(result)
    print(f"1..{result.n}")
    return 0 if result.wasSuccessful() else 1


def run(path, timeout):
    start = time.monotonic()
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", PYTHONUNBUFFERED="1")
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1:strict_string_checks=1:handle_segv=2")
    env.setdefault("LSAN_OPTIONS", "print_suppressions=0:suppressions=" +
                   os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"))
    argv = path.split()
    if path.endswith(".py"):
        argv = [sys.executable, os.path.abspath(__file__), "--one", path]
    # A session of its own: what a test that is given up has started ends with it.
    # Its words go to a file: a pipe would be waited for as long as anything it left behind holds it open.
    late = ""
    with tempfile.TemporaryFile() as words:
        p = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT, env=env,
                             start_new_session=True)
        try:
            code = p.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()
            code, late = -1, f"\ntimed out after {timeout} s\n"
        words.seek(0)
        out = words.read().decode("utf-8", "replace") + late
    good = bad = skipped = 0
    for line in out.splitlines():
        m = RESULT.match(line)
        if not m:
            continue
        if m.group(1) == "not ok":
            bad += 1
        elif "# SKIP" in line:
            skipped += 1
        else:
            good += 1
    if bad == 0 and (code != 0 or good + skipped == 0):
        bad = 1
        out += f"\n{path}: exit status {code}, {good} passed\n"
    return path, good, bad, skipped, time.monotonic() - start, out


def main():
    if sys.argv[1:2] == ["--one"]:
        return one(sys.argv[2])
    ap = argparse.ArgumentParser()
    ap.add_argument("-j", type=int, default=3)
    ap.add_argument("--timeout", type=int, default=400)
    ap.add_argument("paths", nargs="+")
    a = ap.parse_args()
    passed = failed = skipped = 0
    with ThreadPoolExecutor(a.j) as pool:
        for path, good, bad, skip, took, out in pool.map(lambda p: run(p, a.timeout), a.paths):
            passed, failed, skipped = passed + good, failed + bad, skipped + skip
            mark = "FAIL" if bad else "ok"
            print(f"{mark:4} {path.split()[0]} ({good} passed{f', {bad} failed' if bad else ''}"
                  f"{f', {skip} skipped' if skip else ''}, {took:.1f} s)", flush=True)
            if bad:
                print(out[-20000:], flush=True)
            for line in out.splitlines():
                if "# SKIP" in line:
                    print("     " + line, flush=True)
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
