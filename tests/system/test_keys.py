"""The keys of a running gateway, by its commands: changed while texts come, killed at any moment, opened from a
file, a credential and a passphrase, copied and recovered.

KILLS sets how often (30); the seed is printed and taken from SEED.
"""
import os
import random
import signal
import subprocess
import time
import unittest

from gateway import Gateway, no_guards
from simmodem import wait_for

KILLS = int(os.environ.get("KILLS", "30"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))


def path(gw, name):
    return os.path.join(gw.dir, name)


def read(file):
    with open(file, "rb") as f:
        return f.read()


def changed(gw):
    status = gw.command("key", "status", json_out=True)
    return status["left"] < 0 and not status["renewing"]


class Keys(unittest.TestCase):
    def readable(self, gw, code):
        """The case's own words, as they lie under its key."""
        history = gw.command("case", "show", code, json_out=True)["case"]["history"]
        self.assertTrue(any(e["note"] for e in history), history)

    def first_case(self, gw):
        gw.text("O1", "RAST LYP Z4 M11 prane semaforit")
        gw.settled()
        return gw.rows("SELECT code FROM cases ORDER BY id LIMIT 1")[0]["code"]

    def test_changed_while_it_runs(self):
        with Gateway() as gw:
            gw.init().run()
            code = self.first_case(gw)
            old = read(path(gw, "master.key"))
            gw.command("key", "rotate")
            gw.text("T1", "MUNGESE 5A 12")
            gw.settled()
            self.assertNotEqual(read(path(gw, "master.key")), old)
            gw.command("key", "renew")
            gw.settled()
            self.readable(gw, code)
            gw.command("audit", "--verify")
            self.assertEqual(gw.stop_hub(), 0)
            gw.run()
            self.readable(gw, code)
            self.assertEqual(gw.stop_hub(), 0)
            new = read(path(gw, "master.key"))
            with open(path(gw, "master.key"), "wb") as f:
                f.write(old)
            self.assertEqual(gw.command("case", "list", check=False).returncode, 77)
            with open(path(gw, "master.key"), "wb") as f:
                f.write(new)
            self.readable(gw, code)

    def test_killed_at_any_moment(self):
        rng = random.Random(SEED)
        print(f"# seed {SEED}, {KILLS} kills", flush=True)
        with Gateway(edit=no_guards) as gw:
            gw.init().run()
            code = self.first_case(gw)
            for n in range(40):
                gw.text("O1", f"RAST LYP Z{1 + n % 9} M{6 + n % 10}")
            gw.settled(60)
            for n in range(KILLS):
                if changed(gw):
                    self.assertTrue(gw.ask("key.renew" if n % 3 == 2 else "key.rotate")["ok"])
                time.sleep(rng.random() * 0.06)  # the random moment is what is tested
                gw.hub.send_signal(signal.SIGKILL)
                gw.hub.wait()
                gw.run(wait=False)
                wait_for(gw.up, 30, "the gateway is up")
                self.readable(gw, code)
            wait_for(lambda: changed(gw), 30, "changed to the end")
            gw.command("audit", "--verify")
            self.readable(gw, code)
            self.assertFalse(os.path.exists(path(gw, "master.key.next")))

    def test_credential(self):
        edit = lambda t: t.replace("store = {", 'store = { key_source = "credential";', 1)
        with Gateway() as gw:
            gw.init().run()
            code = self.first_case(gw)
            gw.stop_hub()
            gw.write_config(edit)
            self.assertIn("LoadCredential=kujdestar.key", gw.command("case", "list", check=False).stderr)
            env = dict(os.environ, CREDENTIALS_DIRECTORY=gw.dir)
            os.rename(path(gw, "master.key"), path(gw, "kujdestar.key"))
            gw.run(env={"CREDENTIALS_DIRECTORY": gw.dir})
            self.readable(gw, code)  # by the hub: the command has no credential
            refused = gw.command("key", "rotate", check=False)
            self.assertEqual(refused.returncode, 65)
            self.assertIn("credential", refused.stderr)
            with open(path(gw, "next.key"), "w", encoding="ascii") as f:
                os.fchmod(f.fileno(), 0o600)
                f.write("ab" * 32 + "\n")
            self.assertIn("restart", gw.command("key", "rotate", "--to", path(gw, "next.key")).stdout)
            gw.stop_hub()
            os.rename(path(gw, "next.key"), path(gw, "kujdestar.key"))
            self.readable_with(gw, code, env)
            gw.run(env={"CREDENTIALS_DIRECTORY": gw.dir})
            wait_for(lambda: changed(gw), 20, "the old key given up")
            self.readable(gw, code)

    def readable_with(self, gw, code, env):
        self.assertIn("semaforit", gw.command("case", "show", code, env=env).stdout)

    def with_words(self, gw, words, *args):
        r, w = os.pipe()
        os.write(w, words.encode() + b"\n")
        os.close(w)
        p = subprocess.run([os.path.join(gw.build, "kujdestar"), "--config", gw.cfg, "--passphrase-fd", str(r), *args],
                           pass_fds=[r], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                           start_new_session=True)
        os.close(r)
        return p

    def test_passphrase(self):
        words = "tre ure mbi Drin"
        with Gateway() as gw:
            gw.init().run()
            code = self.first_case(gw)
            self.assertIn("stop the gateway", gw.command("key", "rotate", "--passphrase", check=False).stderr)
            gw.stop_hub()
            p = self.with_words(gw, words, "key", "rotate", "--passphrase")
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertIn("key_source", gw.command("case", "list", check=False).stderr)
            gw.write_config(lambda t: t.replace("store = {", 'store = { key_source = "passphrase";', 1))
            p = self.with_words(gw, words, "case", "show", code)
            self.assertIn("semaforit", p.stdout, p.stderr)
            p = self.with_words(gw, words + "i", "case", "show", code)
            self.assertEqual(p.returncode, 77)
            self.assertIn("the passphrase does not open", p.stderr)
            p = self.with_words(gw, "", "case", "show", code)
            self.assertEqual(p.returncode, 77)
            for file in os.listdir(gw.dir):
                if os.path.isfile(path(gw, file)):
                    self.assertNotIn(words.encode(), read(path(gw, file)), file)


if __name__ == "__main__":
    unittest.main()
