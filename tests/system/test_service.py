"""The shipped unit under a real systemd (machine.py): it starts by Type=notify, with the master key as a credential,
takes texts through a simulated modem, comes back when it is killed or hangs, and is as closed as the unit says.

The unit is the shipped one; a drop-in lets it have a terminal that plays the modem, shortens its watchdog and
gives it the credential.
"""
import json
import os
import re
import shutil
import unittest

from gateway import CONFIG_DIR, Gateway
from machine import Machine, NoMachine
from simmodem import ROOT, built_plain, default_build, wait_for

USER = 4911
KEY = "7b" * 32
DROP_IN = """[Service]
DeviceAllow=char-pts rw
WatchdogSec=5
LoadCredential=kujdestar.key:/etc/kujdestar-key
StandardOutput=append:/run/kujdestar.log
StandardError=append:/run/kujdestar.log
"""
INIT = """[Service]
Type=oneshot
User=kujdestar
StateDirectory=kujdestar
StateDirectoryMode=0700
LoadCredential=kujdestar.key:/etc/kujdestar-key
ExecStart=/usr/local/bin/kujdestar --config /etc/kujdestar/kujdestar.cfg init
ExecStart=/usr/local/bin/kujdestar --config /etc/kujdestar/kujdestar.cfg contact import /etc/kujdestar/demo_roster.csv
StandardOutput=append:/run/kujdestar.log
StandardError=append:/run/kujdestar.log
"""
SETUP = f"""
echo kujdestar:x:{USER}: >> etc/group
echo kujdestar:x:{USER}:{USER}::/var/lib/kujdestar:/usr/sbin/nologin >> etc/passwd
chown -R root:kujdestar etc/kujdestar && chmod 750 etc/kujdestar && chmod 640 etc/kujdestar/*
chmod 600 etc/kujdestar-key
"""


@unittest.skipUnless(built_plain(), "the unit takes from it what a tool that looks inside needs")
class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gw = Gateway()  # its modem, its agency and its configuration; the hub is systemd's
        cls.addClassCleanup(cls.gw.close)
        device = os.path.realpath(cls.gw.sim.device)
        shutil.chown(device, group="dialout")
        os.chmod(device, 0o660)
        with open(os.path.join(ROOT, "gateway/kujdestar.service"), encoding="utf-8") as f:
            unit = f.read()
        files = {f"/etc/kujdestar/{name}": os.path.join(CONFIG_DIR, name)
                 for name in os.listdir(CONFIG_DIR) if name.endswith((".cfg", ".csv"))}
        files["/etc/kujdestar/kujdestar.cfg"] = cls.configuration(device).encode()
        files["/etc/kujdestar-key"] = KEY.encode()
        for name in ("kujdestar", "kujdestar-modem", "kujdestar-courier", "kujdestar-edge"):
            files[f"/usr/local/bin/{name}"] = os.path.join(cls.gw.build, name)
        try:
            cls.m = Machine({"kujdestar.service": unit, "kujdestar.service.d/test.conf": DROP_IN, "init.service": INIT}, files, SETUP)
        except NoMachine as e:
            raise unittest.SkipTest(str(e)) from e
        cls.addClassCleanup(cls.m.close)
        cls.must("systemctl", "start", "init.service")
        cls.must("systemctl", "start", "kujdestar.service")

    @classmethod
    def configuration(cls, device):
        with open(cls.gw.cfg, encoding="utf-8") as f:
            text = f.read()
        text = text.replace(f'"{cls.gw.dir}/control"', '"/run/kujdestar/control"').replace(cls.gw.sim.device, device)
        text = text.replace(cls.gw.dir, "/var/lib/kujdestar").replace(CONFIG_DIR + "/", "")
        return re.sub(r'key_file = "[^"]*";', 'key_source = "credential";', text)

    @classmethod
    def must(cls, *words):
        p = cls.m.run(*words, check=False)
        if p.returncode != 0:
            raise AssertionError(f"{words}: {p.stdout}{p.stderr}\n{cls.log()[-3000:]}")
        return p.stdout

    @classmethod
    def log(cls):
        with open(cls.m.path("/run/kujdestar.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def main_pid(self):
        return int(self.m.show("kujdestar.service", "MainPID")["MainPID"])

    def is_answered(self, text):
        before = len(self.gw.sent_to("T1"))
        self.gw.text("T1", text)
        wait_for(lambda: len(self.gw.sent_to("T1")) > before, 60, f"an answer to {text}")

    def comes_back(self, pid):
        """Another main process is active and answers; returns its number."""
        wait_for(lambda: self.main_pid() not in (0, pid) and
                 self.m.show("kujdestar.service", "ActiveState")["ActiveState"] == "active", 60, "the service is active again")
        self.is_answered("MUNGESE 5A 12")
        return self.main_pid()

    def test_it_is_active_and_answers(self):
        shown = self.m.show("kujdestar.service", "ActiveState", "Type", "StatusText", "User", "Result")
        self.assertEqual((shown["ActiveState"], shown["Type"], shown["User"], shown["Result"]),
                         ("active", "notify", "kujdestar", "success"))
        self.is_answered("MUNGESE 5A 17")
        status = self.must("kujdestar", "--config", "/etc/kujdestar/kujdestar.cfg", "status")
        self.assertNotIn("NOT CONFINED", status)

    def test_it_is_closed(self):
        out = self.must("systemd-analyze", "security", "--no-pager", "kujdestar.service")
        self.assertLess(float(re.search(r"Overall exposure level for \S+: ([\d.]+)", out)[1]), 2.0)
        group = self.m.show("kujdestar.service", "ControlGroup")["ControlGroup"]
        with open(self.m.path(f"/sys/fs/cgroup{group}/cgroup.procs"), encoding="ascii") as f:
            pids = [int(n) for n in f.read().split() if n != "0"]
        self.assertGreaterEqual(len(pids), 4)  # hub, starter, modem worker, courier
        for pid in pids:
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
            self.assertEqual(status["Uid"].split(), [str(USER)] * 4)
            self.assertEqual({status[c] for c in ("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd")}, {"0" * 16})
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
            # The kernel gives to root what belongs to a process that nobody may look into or dump.
            self.assertEqual(os.stat(f"/proc/{pid}/maps").st_uid, 0)
        state = self.m.path("/var/lib/kujdestar")
        self.assertEqual(os.stat(state).st_mode & 0o777, 0o700)
        for name in os.listdir(state):
            with open(os.path.join(state, name), "rb") as f:
                held = f.read()
            self.assertNotIn(KEY.encode(), held)
            self.assertNotIn(bytes.fromhex(KEY), held)

    def test_killed_it_comes_back(self):
        pid = self.main_pid()
        self.must("systemctl", "kill", "--kill-whom=main", "--signal=KILL", "kujdestar.service")
        self.comes_back(pid)

    def test_hanging_it_is_ended_and_comes_back(self):
        pid = self.main_pid()
        self.must("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "kujdestar.service")
        self.comes_back(pid)

    def test_a_killed_worker_is_the_hubs_matter(self):
        pid = self.main_pid()
        worker = next(w["pid"] for w in self.workers() if w["name"] == "courier")
        self.must("kill", "-KILL", str(worker))
        wait_for(lambda: any(w["name"] == "courier" and w["pid"] != worker and w["state"] == "ready" for w in self.workers()),
                 30, "another courier")
        self.assertEqual(self.main_pid(), pid)

    def workers(self):
        """The exit status is 1 while one of them is not ready."""
        said = self.m.run("kujdestar", "--config", "/etc/kujdestar/kujdestar.cfg", "--json", "status", check=False)
        return json.loads(said.stdout)["workers"]

    def test_reloaded_and_stopped_in_order(self):
        pid = self.main_pid()
        self.must("systemctl", "reload", "kujdestar.service")
        self.is_answered("MUNGESE 5A 14")
        self.assertEqual(self.main_pid(), pid)
        self.must("systemctl", "stop", "kujdestar.service")
        shown = self.m.show("kujdestar.service", "ActiveState", "Result", "ExecMainStatus")
        self.assertEqual(shown, {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"})
        self.must("systemctl", "start", "kujdestar.service")
        self.is_answered("MUNGESE 5A 15")


if __name__ == "__main__":
    unittest.main()
