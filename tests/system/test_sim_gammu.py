"""The simulated modem against Debian's own gammu and gammu-smsd: if these can use it, libgammu can.

BUILD names the build directory (default: build).  Every wait has a deadline.
"""
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from simmodem import SimError, SimModem, wait_for

SENDER = "+355691111111"
RECEIVER = "+355692222222"


@unittest.skipUnless(shutil.which("gammu"), "gammu is not installed")
class GammuTest(unittest.TestCase):
    """gammu, one call a process.  `dku2at` skips the slow start of `at`, 3 s a call."""

    options = {}
    connection = "dku2at"

    def setUp(self):
        self.sim = SimModem.start(**self.options)
        self.addCleanup(self.sim.stop)
        self.rc = os.path.join(self.sim.directory, "gammurc")
        with open(self.rc, "w", encoding="ascii") as f:
            f.write("[gammu]\ndevice = %s\nconnection = %s\n" % (self.sim.device, self.connection))

    def gammu(self, *words, status=0, timeout=60):
        run = subprocess.run(["gammu", "-c", self.rc, *words], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                             check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
        text = run.stdout.decode("utf-8", "replace")
        if status is not None:
            self.assertEqual(run.returncode, status, text)
        return text


class Serial(GammuTest):
    connection = "at"

    def test_identify(self):
        text = self.gammu("identify")
        self.assertIn("SM1", text)
        self.assertIn("490154203237518", text)


class Generic(GammuTest):
    def test_getallsms(self):
        self.sim.deliver(SENDER, "mungon 5b 3", time="2026-11-16T07:30", zone=3600)
        self.sim.deliver(SENDER, "gjuha shqipe: \u00eb \u00e7 \U0001F600", memory="ME")
        text = self.gammu("getallsms")
        self.assertIn("mungon 5b 3", text)
        self.assertIn("Mon Nov 16 08:30:00 2026 +0100", text)
        self.assertIn("gjuha shqipe: \u00eb \u00e7 \U0001F600", text)
        self.assertIn("2 SMS parts in 2 SMS sequences", text)
        self.assertEqual([m["status"] for m in self.sim.stored()], [1, 1])  # read now

    def test_concatenated(self):
        long = "0123456789" * 40
        self.assertEqual(self.sim.deliver(SENDER, long, order=[3, 1, 2]), 3)
        self.assertIn(long, self.gammu("geteachsms").replace("\n", ""))

    def test_sendsms(self):
        self.gammu("sendsms", "TEXT", RECEIVER, "-text", "pershendetje")
        sent = self.sim.wait_sent(1)
        self.assertEqual((sent[0]["to"], sent[0]["text"], sent[0]["parts"]),
                         (RECEIVER, "pershendetje", 1))

    def test_sendsms_long(self):
        long = "fjala " * 60
        events = self.sim.events()
        self.addCleanup(events.close)
        self.gammu("sendsms", "TEXT", RECEIVER, "-len", "400", "-text", long)
        mt = events.next("mt")
        self.assertEqual((mt["text"], mt["parts"], mt["mr"]), (long, 3, [0, 1, 2]))

    def test_send_refused(self):
        self.sim.fault("cms", 38)
        self.assertIn("38", self.gammu("sendsms", "TEXT", RECEIVER, "-text", "x", status=None))
        self.assertEqual(self.sim.sent(), [])

    def test_delete(self):
        self.sim.deliver(SENDER, "one")
        self.sim.deliver(SENDER, "two")
        self.gammu("deletesms", "1", "1")
        self.assertEqual([m["slot"] for m in self.sim.stored()], [1])

    def test_ussd(self):
        self.sim.ctl("ussd *100# Kredia: 250")
        self.assertIn("Kredia: 250", self.gammu("getussd", "*100#"))

    def test_network(self):
        self.assertIn("home network", self.gammu("networkinfo"))
        self.sim.ctl("creg 5")
        self.assertIn("roaming", self.gammu("networkinfo"))


class Huawei(GammuTest):
    options = {"model": "E173", "sim_size": 10, "pin": "1234"}

    def test_pin_read_ussd(self):
        self.assertIn("Waiting for PIN", self.gammu("getsecuritystatus"))
        self.gammu("entersecuritycode", "PIN", "1234")
        self.sim.deliver(SENDER, "first")
        self.assertIn("Location 1,", self.gammu("getallsms"))  # the modem's index 0
        self.sim.ctl("ussd *100# dcs=72 Kredia \u00eb")
        self.assertIn("Kredia \u00eb", self.gammu("getussd", "*100#"))

    def test_no_sim(self):
        self.sim.fault("nosim")
        self.gammu("getallsms", status=None)
        self.assertEqual(self.sim.try_ctl("wait arrivals>=1 timeout=0")["ok"], False)


@unittest.skipUnless(shutil.which("gammu-smsd"), "gammu-smsd is not installed")
class Daemon(unittest.TestCase):
    """gammu-smsd with its files service, as a peer in measurements runs it."""

    def setUp(self):
        self.sim = SimModem.start()
        self.addCleanup(self.sim.stop)
        self.home = tempfile.mkdtemp(prefix="smsd-")
        self.addCleanup(shutil.rmtree, self.home, True)
        for name in ("inbox", "outbox", "sent", "error"):
            os.mkdir(os.path.join(self.home, name))
        rc = os.path.join(self.home, "smsdrc")
        with open(rc, "w", encoding="ascii") as f:
            f.write("[gammu]\ndevice = %s\nconnection = at\n"
                    "[smsd]\nservice = files\nlogfile = %s/log\ndebuglevel = 255\n"
                    "inboxpath = %s/inbox/\noutboxpath = %s/outbox/\nsentsmspath = %s/sent/\n"
                    "errorsmspath = %s/error/\nreceivefrequency = 1\ncommtimeout = 1\n"
                    "checksecurity = 0\nloopsleep = 1\n" % ((self.sim.device,) + (self.home,) * 5))
        self.daemon = subprocess.Popen(["gammu-smsd", "-c", rc], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self._end)

    def _end(self):
        if self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(20)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()

    def _files(self, name):
        return sorted(os.listdir(os.path.join(self.home, name)))

    def test_receive_and_send(self):
        self.sim.deliver(SENDER, "mungon 5b 3")
        name = wait_for(lambda: self._files("inbox"), 40, "a file in the inbox")[0]
        path = os.path.join(self.home, "inbox", name)
        wait_for(lambda: os.path.getsize(path) > 0, 10, "its text")
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), "mungon 5b 3")
        self.sim.wait_empty(20)
        out = os.path.join(self.home, "outbox", "OUT%s.txt" % RECEIVER)
        with open(out + ".tmp", "w", encoding="ascii") as f:
            f.write("faleminderit")
        os.rename(out + ".tmp", out)
        sent = self.sim.wait_sent(1, 40)
        self.assertEqual((sent[0]["to"], sent[0]["text"]), (RECEIVER, "faleminderit"))
        wait_for(lambda: self._files("sent"), 20, "the sent file")


class Control(unittest.TestCase):
    """The simulator itself: start, end, and a line that goes away."""

    def test_clean_end(self):
        sim = SimModem.start(directory=tempfile.mkdtemp(prefix="simmodem-"))
        self.addCleanup(shutil.rmtree, sim.directory, True)
        self.assertTrue(os.path.islink(sim.device))
        self.assertEqual(sim.stop(), 0)
        self.assertEqual(os.listdir(sim.directory), [])

    def test_ctl_mode(self):
        with SimModem.start() as sim:
            argv = [sim.process.args[0], "--ctl", sim.control]
            good = subprocess.run(argv + ["deliver", "from=1", "text=a b"], stdout=subprocess.PIPE,
                                  check=False, timeout=10)
            self.assertEqual((good.returncode, good.stdout), (0, b'{"ok":true,"parts":1}\n'))
            bad = subprocess.run(argv + ["nothing"], stdout=subprocess.PIPE, check=False,
                                 timeout=10)
            self.assertEqual(bad.returncode, 1)
            waited = subprocess.run(argv + ["wait", "empty", "timeout=20"], stdout=subprocess.PIPE,
                                    check=False, timeout=10)
            self.assertEqual(waited.returncode, 1)
            with self.assertRaises(SimError):
                sim.ctl("wait sent>=1 timeout=1")
            events = sim.events()
            sim.deliver("2", "c")
            self.assertEqual(events.next("stored", 5)["index"], 2)
            events.close()

    def _exchange(self, fd, command, want=b"OK\r\n", timeout=5.0):
        os.write(fd, command)
        seen = b""
        deadline = time.monotonic() + timeout
        while want not in seen:
            if time.monotonic() > deadline:
                raise TimeoutError("%r not in %r" % (want, seen))
            try:
                seen += os.read(fd, 4096)
            except BlockingIOError:
                time.sleep(0.001)
        return seen

    def _open(self, sim):
        return os.open(sim.device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def test_reopen_and_hangup(self):
        with SimModem.start() as sim:
            for _ in range(20):
                fd = self._open(sim)
                self._exchange(fd, b"AT\r")
                os.close(fd)
            fd = self._open(sim)
            sim.fault("hangup", 100)
            wait_for(lambda: not os.path.exists(sim.device), 5, "the device gone")
            with self.assertRaises(OSError):
                os.write(fd, b"AT\r")
            os.close(fd)
            wait_for(lambda: os.path.exists(sim.device), 5, "the device back")
            fd = self._open(sim)
            self._exchange(fd, b"AT\r")
            os.close(fd)

    def test_stall_fills_the_output_buffer(self):
        with SimModem.start() as sim:
            fd = self._open(sim)
            sim.fault("stall")
            with self.assertRaises(BlockingIOError):
                for _ in range(1000):
                    os.write(fd, b"A" * 4096)
            sim.fault("none")
            os.close(fd)

    def test_throttle(self):
        with SimModem.start(throttle=11520) as sim:
            fd = self._open(sim)
            self._exchange(fd, b"ATE0\r")
            start = time.monotonic()
            for _ in range(20):  # 10 bytes there, 22 back
                self._exchange(fd, b"AT+CMEE=?\r")
            self.assertGreater(time.monotonic() - start, 20 * 32 / 11520)
            os.close(fd)


if __name__ == "__main__":
    unittest.main()
