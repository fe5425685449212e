"""What can be wrong before and while running: each a clear message and the exit status of the manual."""
import os
import re
import socket
import subprocess
import sys
import unittest

from gateway import Gateway, no_guards
from simmodem import ROOT, wait_for


class Start(unittest.TestCase):
    def setUp(self):
        self.gw = Gateway()

    def tearDown(self):
        self.gw.close()

    def refused(self, status, *words, command=("run", "--stop-after", "20"), prefix=()):
        argv = [*prefix, os.path.join(self.gw.build, "kujdestar"), "--config", self.gw.cfg, *command]
        p = subprocess.run(argv, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(p.returncode, status, p.stderr)
        for word in words:
            self.assertRegex(p.stderr, word)
        return p.stderr

    def test_every_fault_of_the_configuration_in_one_run(self):
        self.gw.write_config(lambda t: t.replace('letter = "E"', 'letter = "EE"').replace("sweep_s", "sweep_z"))
        err = self.refused(78, r"kujdestar\.cfg:\d+: site\.letter", r"kujdestar\.cfg:\d+: .*sweep_z")
        self.assertGreaterEqual(len(re.findall(r"kujdestar\.cfg:\d+:", err)), 2)

    def test_no_configuration(self):
        self.gw.cfg = os.path.join(self.gw.dir, "none.cfg")
        self.refused(78, r"none\.cfg: .*No such file")

    def test_no_store_yet(self):
        err = self.refused(74, "no store here")
        self.assertIn("kujdestar init", err)

    def test_wrong_key(self):
        self.gw.init()
        key = os.path.join(self.gw.dir, "master.key")
        os.rename(key, key + ".other")
        with open(key + ".other", "rb") as f:
            data = f.read()
        swapped = bytes([data[0] ^ 1]) + data[1:] if len(data) == 32 else \
            (b"0" if data[:1] != b"0" else b"1") + data[1:]
        fd = os.open(key, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(fd, swapped)
        os.close(fd)
        self.refused(77, "master.key")

    def test_key_that_others_may_read(self):
        self.gw.init()
        os.chmod(os.path.join(self.gw.dir, "master.key"), 0o644)
        self.refused(77, "master.key", "0600")

    def test_files_that_others_may_read(self):
        self.gw.init()
        for name in ("kujdestar.db", "keyring.db"):
            path = os.path.join(self.gw.dir, name)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            os.chmod(path, 0o640)
            self.refused(77, f"{name}: mode 0640 lets others at it: chmod 0600 ")
            os.chmod(path, 0o600)
        os.chmod(self.gw.dir, 0o777)
        self.refused(77, "mode 0777 lets others replace what is in it: chmod 0700 ")
        os.chmod(self.gw.dir, 0o1777)  # as /tmp is
        self.gw.run()
        for name in os.listdir(self.gw.dir):
            mode = os.stat(os.path.join(self.gw.dir, name)).st_mode
            if name.startswith(("kujdestar.db", "keyring", "master", "control")):
                self.assertEqual(mode & 0o077, 0, name)

    def test_init_never_overwrites_a_key(self):
        self.gw.init()
        key = os.path.join(self.gw.dir, "master.key")
        with open(key, "rb") as f:
            before = f.read()
        self.gw.command("init", check=False)
        with open(key, "rb") as f:
            self.assertEqual(f.read(), before)

    def test_folder_that_is_not_there(self):
        missing = os.path.join(self.gw.dir, "missing")
        self.gw.write_config(lambda t: t.replace(os.path.join(self.gw.dir, "kujdestar.db"), missing + "/k.db"))
        self.refused(73, "missing", command=("init",))

    def test_control_socket_that_is_a_file(self):
        self.gw.init()
        with open(os.path.join(self.gw.dir, "control"), "w", encoding="ascii") as f:
            f.write("x")
        self.refused(69, "control", "no socket")

    def test_missing_device_is_waited_for(self):
        self.gw.init()
        device = self.gw.sim.device
        self.gw.write_config(lambda t: t.replace(device, device + ".later"))
        self.gw.run(wait=False)
        modem = wait_for(lambda: next((w for w in (self.gw.up() or {}).get("workers", [])
                                       if w["name"] != "courier" and w["deaths"] > 0), None), 30, "a try")
        self.assertRegex(modem["reason"], "No such file|not there|missing")
        p = self.gw.command("status", check=False)
        self.assertEqual(p.returncode, 1)
        os.symlink(os.readlink(device), device + ".later")
        wait_for(self.gw.ready, 60, "the modem")
        self.gw.text("T1", "mungese 5A 12")
        self.assertTrue(self.gw.reply_to("T1"))

    def test_agency_that_is_not_there_costs_the_texts_nothing(self):
        port = self.gw.agency.port
        self.gw.init()
        self.gw.agency.stop()
        self.gw.run()
        self.gw.text("O1", "RAST LYP Z4 M11")
        self.assertIn("E26-", self.gw.reply_to("O1"))
        row = wait_for(lambda: self.gw.rows("SELECT * FROM outbox WHERE leg = 'http' AND attempts > 0 AND "
                                            "state = 'queued'"), 20, "a deferred delivery")[0]
        self.assertTrue(row["reason"])
        self.gw.agency.start(self.gw.build, port=port)
        self.gw.agency.wait(1, 60)
        wait_for(lambda: self.gw.count("outbox", "leg = 'http' AND state = 'delivered'"), 20, "its row")


class Demonstration(unittest.TestCase):
    def test_port_in_use_is_said(self):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of earlier runs may linger
            try:
                s.bind(("127.0.0.1", 18280))  # as config/demo.cfg says
                s.listen()
            except OSError:
                pass  # taken already, which serves as well
            p = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "demo.py"), "--once"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(p.returncode, 69, p.stderr)
        self.assertIn("taken by another program", p.stderr)


def mountable():
    return os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


@unittest.skipUnless(mountable(), "needs root and mount namespaces")
class Disk(unittest.TestCase):
    """The store on a small file system of its own, in a mount namespace of the hub's."""

    def run_on(self, gw, size):
        data = os.path.join(gw.dir, "data")
        os.makedirs(data, exist_ok=True)
        for name in ("kujdestar.db", "keyring.db"):
            os.rename(os.path.join(gw.dir, name), os.path.join(data, name))
        gw.write_config(lambda t: t.replace(os.path.join(gw.dir, "kujdestar.db"), os.path.join(data, "kujdestar.db"))
                        .replace(os.path.join(gw.dir, "keyring.db"), os.path.join(data, "keyring.db")))
        small = os.path.join(gw.dir, "small")
        os.makedirs(small)
        script = (f"mount -t tmpfs -o size={size} none {small} && cp -a {data}/. {small}/ && "
                  f"mount --bind {small} {data} && exec \"$@\"")
        gw.run(wrapper=("unshare", "-m", "sh", "-c", script, "sh"))
        return f"/proc/{gw.hub.pid}/root{data}"

    def test_full_disk_keeps_texts_on_the_sim_and_recovers(self):
        with Gateway(edit=no_guards) as gw:
            gw.init()
            inside = self.run_on(gw, "24m")
            filler = os.path.join(inside, "filler")
            fd = os.open(filler, os.O_WRONLY | os.O_CREAT)
            try:
                while os.write(fd, b"x" * 4096):
                    pass
            except OSError:
                os.close(fd)
            wanted = [f"mungese {c} {n}" for c in ("5A", "5B") for n in range(1, 29)]
            for text in wanted[:20]:
                gw.text("T1", text)
            wait_for(lambda: not gw.status()["store_ok"], 30, "the disk to be full")
            self.assertGreater(len(gw.sim.stored()), 0)
            self.assertIn("turn=failed", gw.log())
            os.unlink(filler)
            wait_for(lambda: gw.status()["store_ok"], 30, "the store to be well again")
            for text in wanted[20:]:
                gw.text("T1", text)
            gw.settled(60)
            self.assertEqual(len(gw.sent_to("T1")), len(wanted))

    def test_read_only_folder_is_said(self):
        with Gateway() as gw:
            gw.init()
            script = f"mount --bind {gw.dir} {gw.dir} && mount -o remount,ro,bind {gw.dir} && exec \"$@\""
            argv = ["unshare", "-m", "sh", "-c", script, "sh", os.path.join(gw.build, "kujdestar"), "--config",
                    gw.cfg, "run", "--stop-after", "20"]
            p = subprocess.run(argv, capture_output=True, text=True, timeout=60)
            self.assertIn(p.returncode, (74, 73), p.stderr)
            self.assertRegex(p.stderr, "[Rr]ead-only")


if __name__ == "__main__":
    unittest.main()
