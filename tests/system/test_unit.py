"""The shipped service unit: what systemd's own examiner says of it, and that nothing the gateway needs is
taken away.  It is started by test_service.py, where that can be done."""
import os
import re
import shutil
import subprocess
import unittest

from simmodem import ROOT

UNIT = os.path.join(ROOT, "gateway", "kujdestar.service")


def value(name):
    with open(UNIT, encoding="ascii") as f:
        return [line.split("=", 1)[1].strip() for line in f if line.startswith(name + "=")]


def groups():
    """Name of a group of system calls -> the calls in it, with groups within it resolved."""
    text = subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    listed, current = {}, None
    for line in text.splitlines():
        if line.startswith("@"):
            current = listed.setdefault(line.strip(), [])
        elif line.startswith(" ") and not line.strip().startswith("#"):
            current.append(line.strip())

    def resolve(name):
        if not name.startswith("@"):
            return {name}
        return set().union(*map(resolve, listed.get(name, [])), set())
    return resolve


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class Unit(unittest.TestCase):
    def test_exposure_is_under_two(self):
        p = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=19", "--no-pager", UNIT],
                           capture_output=True, text=True)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)
        exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", p.stdout)[1])
        self.assertLess(exposure, 2.0)
        self.assertEqual(p.stderr, "")

    def test_every_line_is_understood(self):
        p = subprocess.run(["systemd-analyze", "verify", "--man=no", UNIT], capture_output=True, text=True)
        faults = [line for line in p.stderr.splitlines() if "kujdestar" in line and "is not executable" not in line]
        self.assertEqual(faults, [])

    def test_what_the_gateway_needs_is_left(self):
        resolve = groups()
        allowed = set()
        for line in value("SystemCallFilter"):
            named = set().union(*map(resolve, line.lstrip("~").split()))
            allowed = allowed - named if line.startswith("~") else allowed | named
        # to start workers, to confine them and itself, to lock keys, to wait
        needed = {"execve", "clone", "clone3", "prctl", "seccomp", "landlock_create_ruleset", "landlock_add_rule",
                  "landlock_restrict_self", "close_range", "prlimit64", "mlock", "socketpair", "sendmsg", "recvmsg",
                  "signalfd4", "flock", "fdatasync", "fsync", "wait4", "kill", "accept4", "connect", "bind", "listen",
                  "epoll_create1", "getrandom", "ioctl", "renameat2", "rename", "unlink"}
        self.assertEqual(needed - allowed, set())
        self.assertEqual(allowed & {"ptrace", "mount", "bpf", "init_module", "keyctl", "io_uring_setup", "reboot",
                                    "setuid", "chroot", "process_vm_readv", "perf_event_open"}, set())
        devices = value("DeviceAllow")
        self.assertIn("char-ttyUSB rw", devices)
        self.assertIn("char-ttyACM rw", devices)
        self.assertEqual(value("RestrictAddressFamilies"), ["AF_UNIX AF_INET AF_INET6"])
        self.assertEqual(value("StateDirectoryMode") + value("RuntimeDirectoryMode"), ["0700", "0700"])
        self.assertEqual((value("Type"), value("NotifyAccess"), value("LimitCORE")), (["notify"], ["main"], ["0"]))
        self.assertNotIn("yes", value("PrivateNetwork") + value("PrivateDevices"))


if __name__ == "__main__":
    unittest.main()
