"""Each process tries from inside what it must not do, once it has given that up; and what it still may.

The attempts are tests/sim/inside/inside.c, preloaded into the real workers and the real hub.  SIGSYS is
the end of a worker that made a system call which is not its own.
"""
import errno
import os
import re
import shutil
import signal
import socket
import tempfile
import unittest

from edge import Edge, free_port, listening
from gateway import Gateway, preload
from simmodem import SimModem, built_plain, default_build, wait_for
from wire import Worker, settings, work_http

KILLED = -signal.SIGSYS
FOLDER = tempfile.mkdtemp(prefix="kujdestar-inside-")
INSIDE = preload(FOLDER, "inside/inside.c")
SECRET = os.path.join(FOLDER, "secret")  # as the master key: readable to the user, not to a worker
with open(SECRET, "w", encoding="utf-8") as key:
    key.write("not for workers\n")

# Of all workers: no other program, process, memory, name space or kernel interface, no file of others.
NEVER = {what: KILLED for what in ("exec", "fork", "ptrace", "memory", "kill", "wx", "unshare", "mount", "bpf",
                                   "io_uring", "keyctl", "raw", "setuid")}
NEVER.update(passwd=errno.EACCES, read=errno.EACCES, write=errno.EACCES, dumpable=errno.EPERM, core=errno.EPERM)


def tearDownModule():
    shutil.rmtree(FOLDER)


@unittest.skipUnless(built_plain(), "a build for tools that look inside is not confined")
class Workers(unittest.TestCase):
    sim = None

    def modem(self):
        self.sim = self.enterContext(SimModem())
        return {"device": self.sim.device, "connection": "at115200", "gap_ms": "0"}

    def is_free(self):
        """libgammu's lock outlives a worker that is killed, until the simulator sees it gone."""
        seen = self.sim.stats()
        return seen["closes"] >= seen["opens"]

    def start(self, name, pairs, **inside):
        if self.sim:
            wait_for(self.is_free, 20, "the device is free")
        env = dict(os.environ, **INSIDE, **{"INSIDE_" + k.upper(): str(v) for k, v in inside.items()})
        w = Worker(os.path.join(default_build(), "kujdestar-" + name), name, env)
        w.send(settings(pairs))
        return w

    def outcome(self, name, pairs, what, **inside):
        """errno of the attempt, or what the worker died of."""
        w = self.start(name, pairs, file=SECRET, **{"try": what}, **inside)
        notes = w.until_ready()
        code = w.end()
        return code if notes is None else int(notes["inside"])

    def check(self, name, pairs, expected, **inside):
        for what, want in expected.items():
            with self.subTest(worker=name, attempt=what):
                self.assertEqual(self.outcome(name, pairs, what, **inside), want)

    def test_courier(self):
        self.check("courier", {"ports": "443"}, dict(
            NEVER, unix=errno.EAFNOSUPPORT, netlink=errno.EAFNOSUPPORT, bind=KILLED,
            control=errno.EAFNOSUPPORT, connect=errno.EACCES, inet=0, datagram=0), port=free_port())

    def test_courier_connects_to_its_ports_and_reads_its_files(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            port = s.getsockname()[1]
            self.check("courier", {"ports": f"443 {port}", "files": SECRET}, {"connect": 0, "read": 0}, port=port)

    def test_edge(self):
        self.check("edge", {"listen": f"127.0.0.1:{free_port()}"}, dict(
            NEVER, inet=KILLED, datagram=KILLED, unix=KILLED, netlink=KILLED, connect=KILLED, bind=KILLED,
            control=KILLED))

    def test_modem(self):
        self.check("modem", self.modem(), dict(
            NEVER, inet=KILLED, datagram=KILLED, unix=KILLED, netlink=KILLED, connect=KILLED, bind=KILLED,
            control=KILLED))

    def notes(self, name, pairs, **inside):
        w = self.start(name, pairs, **inside)
        notes = w.until_ready()
        w.end()
        return notes["confined"]

    def test_what_a_kernel_lacks_is_told(self):
        edge = {"listen": f"127.0.0.1:{free_port()}"}
        courier = {"ports": "443"}
        self.assertEqual(self.notes("courier", courier), "files ports signals calls")
        self.assertEqual(self.notes("courier", courier, landlock=2), "files signals calls")
        self.assertEqual(self.notes("courier", courier, landlock=0), "signals calls")
        self.assertEqual(self.notes("courier", courier, seccomp=0), "files ports signals")
        self.assertEqual(self.notes("courier", courier, seccomp=0, landlock=4), "files ports")
        self.assertEqual(self.notes("courier", courier, seccomp=0, landlock=0), "nothing")
        # who may make no socket at all needs no rule about ports
        self.assertEqual(self.notes("edge", edge, landlock=2), "files ports signals calls")
        self.assertEqual(self.notes("edge", edge, landlock=0), "files ports signals calls")
        modem = self.modem()
        self.assertEqual(self.notes("modem", modem, landlock=2), "files ports signals calls")
        self.assertEqual(self.notes("modem", modem, landlock=0), "ports signals calls")

    def test_without_landlock_seccomp_still_denies(self):
        edge = {"listen": f"127.0.0.1:{free_port()}"}
        self.check("edge", edge, {"read": errno.EACCES, "inet": KILLED, "kill": KILLED}, landlock=0)
        self.check("courier", {}, {"unix": errno.EAFNOSUPPORT, "bind": KILLED, "exec": KILLED}, landlock=0)

    def test_without_seccomp_landlock_still_denies(self):
        self.check("courier", {}, {"read": errno.EACCES, "connect": errno.EACCES, "bind": errno.EACCES,
                                   "exec": errno.EACCES, "ptrace": errno.EPERM}, seccomp=0, port=free_port())


@unittest.skipUnless(built_plain(), "a build for tools that look inside is not confined")
class Hub(unittest.TestCase):
    DENIED = {"inet": errno.EPERM, "datagram": errno.EPERM, "netlink": errno.EPERM, "raw": errno.EPERM,
              "connect": errno.EPERM, "exec": errno.EPERM, "fork": errno.EPERM, "ptrace": errno.EPERM,
              "memory": errno.EPERM, "wx": errno.EPERM, "unshare": errno.EPERM, "mount": errno.EPERM,
              "bpf": errno.EPERM, "io_uring": errno.EPERM, "keyctl": errno.EPERM, "setuid": errno.EPERM,
              "dumpable": errno.EPERM, "core": errno.EPERM, "unix": 0}

    def test_the_hub_has_no_network_and_starts_nothing(self):
        with Gateway() as gw:
            gw.init().run(env=dict(INSIDE, INSIDE_TRY=" ".join(self.DENIED)))
            tried = {m[1]: int(m[2]) for m in re.finditer(r"^inside (\w+) (-?\d+)$", gw.log(), re.M)}
            self.assertEqual(tried, self.DENIED)
            # ... and goes on: texts in, replies out, a worker that died is replaced
            gw.text("T1", "MUNGESE 5A 12")
            self.assertIn("5A", gw.reply_to("T1"))
            before = gw.worker("courier")["pid"]
            os.kill(before, signal.SIGKILL)
            wait_for(lambda: gw.ready() and gw.worker("courier")["pid"] != before, 20, "a new courier")
            gw.settled()

    def test_status_and_doctor_tell_what_is_in_force(self):
        with Edge() as e:
            status = e.gw.status()
            self.assertEqual((status["confined"], status["not_confined"]), ("ports calls", ""))
            for w in status["workers"]:
                self.assertEqual((w["notes"]["confined"], w["not_confined"]), ("files ports signals calls", ""))
            self.assertNotIn("NOT CONFINED", e.gw.command("status").stdout)

    def test_status_and_doctor_tell_what_is_missing(self):
        with Gateway() as gw:
            gw.init().run(env=dict(INSIDE, INSIDE_SECCOMP="0"))
            self.assertIn("not confined in its ports", gw.log())
            words = gw.command("status").stdout
            self.assertIn("NOT CONFINED in its ports: it could connect to any", words)
            self.assertIn("system calls: it could make any (seccomp is missing", words)
            self.assertIn("not confined in its ports", gw.command("doctor", check=False).stdout)
            old = gw.command("doctor", check=False, env=dict(os.environ, **INSIDE, INSIDE_LANDLOCK="2")).stdout
            self.assertRegex(old, r"--  landlock +version 2: .* not to its ports")

    def test_without_its_starter_the_hub_ends_in_order(self):
        with Gateway() as gw:
            gw.init().run()
            with open(f"/proc/{gw.hub.pid}/task/{gw.hub.pid}/children", encoding="ascii") as f:
                children = {int(p) for p in f.read().split()}
            starter, = children - {w["pid"] for w in gw.status()["workers"]}
            os.kill(starter, signal.SIGKILL)
            self.assertTrue(gw.ready())  # the workers that run go on
            os.kill(gw.worker("courier")["pid"], signal.SIGKILL)
            self.assertEqual(gw.hub.wait(30), 0)
            self.assertIn("the process that starts workers is gone", gw.log())
            gw.run().settled()


@unittest.skipUnless(built_plain(), "a build for tools that look inside is not confined")
class Replaced(unittest.TestCase):
    def test_a_courier_whose_file_was_replaced_makes_way(self):
        """A certificate is renewed by renaming: the rule was for the old file."""
        with tempfile.TemporaryDirectory() as d:
            ca = os.path.join(d, "ca.pem")
            with open(ca, "w", encoding="ascii") as f:
                f.write("old")
            w = Worker(os.path.join(default_build(), "kujdestar-courier"), "courier")
            w.send(settings({"files": ca}))
            self.assertIsNotNone(w.until_ready())
            with open(ca + ".new", "w", encoding="ascii") as f:
                f.write("new")
            os.rename(ca + ".new", ca)

            job = iter(range(1, 10000))

            def gone():
                """Each delivery wakes it; it looks at its files once a second."""
                try:
                    w.send(work_http(next(job), f"http://127.0.0.1:{free_port()}/"))
                except OSError:
                    pass
                return w.process.poll() is not None
            wait_for(gone, 20, "the courier makes way")
            self.assertEqual(w.process.returncode, 4)
            w.end()

    def test_what_was_handed_to_it_is_delivered_by_the_next(self):
        with tempfile.TemporaryDirectory() as d:
            ca = os.path.join(d, "ca.pem")
            shutil.copy("/etc/ssl/certs/ca-certificates.crt", ca)
            with Gateway(edit=lambda t: t.replace('code = "HOPE";', f'code = "HOPE"; ca_file = "{ca}";', 1)) as gw:
                gw.init().run()
                before = gw.worker("courier")["pid"]
                os.rename(shutil.copy(ca, ca + ".new"), ca)

                def replaced():
                    gw.text("O1", "RAST LYP Z3 M9")
                    gw.settled()
                    return gw.ready() and gw.worker("courier")["pid"] != before
                wait_for(replaced, 60, "a new courier")
                self.assertEqual({r["state"] for r in gw.rows("SELECT state FROM outbox WHERE leg = 'http'")},
                                 {"delivered"})
                ids = [r.header("webhook-id") for r in gw.agency.requests()]
                self.assertEqual(len(ids), len(set(ids)))


if __name__ == "__main__":
    unittest.main()
