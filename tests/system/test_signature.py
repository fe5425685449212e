"""Our signatures against other implementations: openssl's HMAC-SHA256 and Ed25519, and Python's HMAC.

Needs $BUILD/tests/unit/test_sign, which signs its input when SIGN_INPUT is set, and openssl.
"""
import base64
import os
import random
import re
import subprocess
import tempfile
import unittest

from gateway import Gateway, verify
from simmodem import wait_for

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))


def ours(secret, ident, timestamp, body):
    env = dict(os.environ, SIGN_INPUT=f"{secret} {ident} {timestamp}")
    done = subprocess.run([os.path.join(BUILD, "tests/unit/test_sign")], input=body, env=env,
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


def openssl(key, ident, timestamp, body):
    signed = f"{ident}.{timestamp}.".encode() + body
    done = subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt",
                           "hexkey:" + key.hex(), "-binary"],
                          input=signed, stdout=subprocess.PIPE, check=True)
    return "v1," + base64.b64encode(done.stdout).decode()


class Signature(unittest.TestCase):
    def check(self, key, ident, timestamp, body):
        secret = "whsec_" + base64.b64encode(key).decode()
        self.assertEqual(ours(secret, ident, timestamp, body),
                         openssl(key, ident, timestamp, body))

    def test_each_key_length(self):
        rng = random.Random(1)
        for length in (24, 25, 32, 47, 63, 64):
            self.check(rng.randbytes(length), "msg_1", 1794902400, b'{"type":"alert.created"}')

    def test_bodies(self):
        rng = random.Random(2)
        key = rng.randbytes(32)
        bodies = [b"", b"\0", b"a\0b", "ç ë €".encode(), b"{}\n", rng.randbytes(65000)]
        for i, body in enumerate(bodies):
            self.check(key, f"alert-{i}", 1794902400 + i, body)

    def test_times(self):
        for timestamp in (0, 1, 2**31, 2**40):
            self.check(bytes(range(24)), "x", timestamp, b"body")


def openssl_verifies(public, signature, message, directory):
    """Ed25519 (RFC 8032), by openssl: public is 32 octets; a key's DER form is these behind a fixed head."""
    der = bytes.fromhex("302a300506032b6570032100") + public
    paths = {name: os.path.join(directory, name) for name in ("key", "signature", "message")}
    for name, octets in (("key", der), ("signature", signature), ("message", message)):
        with open(paths[name], "wb") as f:
            f.write(octets)
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths["key"], "-rawin",
                           "-in", paths["message"], "-sigfile", paths["signature"]], capture_output=True, check=False)
    return done.returncode == 0


class Deliveries(unittest.TestCase):
    """What really goes out, over several tries, while a secret is changed and with a key."""

    NEXT = "whsec_" + base64.b64encode(b"the next secret of the same agency").decode()
    # the example key of the standard's own libraries: seed and public half
    KEY = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="

    def edit(self, text):
        text, n = re.subn(r'(code = "MUN"; url = "[^"]+";)',
                          rf'\1 secret_next = "{self.NEXT}"; signing_key = "{self.KEY}"; {self.more}', text)
        assert n == 1
        return text

    def check(self, more):
        self.more = more
        public = base64.b64decode(self.KEY.removeprefix("whsk_"))[32:]
        with tempfile.TemporaryDirectory() as d, Gateway(edit=self.edit) as gw:
            gw.agency.ctl("answer 503 path=/mun count=2 retry_after=1")
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            wait_for(lambda: gw.count("outbox", "agency = 'MUN' AND state = 'delivered'"), 60, "the third try")
            tries = [r for r in gw.agency.requests() if r["path"].startswith("/mun")]
            self.assertEqual(len(tries), 3)
            self.assertEqual(len({(r.header("webhook-id"), r.header("idempotency-key"), r.bytes()) for r in tries}), 1)
            self.assertEqual(tries[0].header("idempotency-key"), '"' + tries[0].header("webhook-id") + '"')
            self.assertEqual(len({r.header("webhook-timestamp") for r in tries}), 3)
            self.assertEqual(len({r.header("webhook-signature") for r in tries}), 3)
            for r in tries:
                for secret in (gw.secrets["MUN"], self.NEXT):
                    verify(r, secret)
                with self.assertRaises(AssertionError):
                    verify(r, "whsec_" + base64.b64encode(b"nobody's secret, of 24 octets").decode())
                (one,) = [s for s in r.header("webhook-signature").split(" ") if s.startswith("v1a,")]
                signature = base64.b64decode(one[4:])
                signed = b"%s.%s.%s" % (r.header("webhook-id").encode(), r.header("webhook-timestamp").encode(), r.bytes())
                self.assertTrue(openssl_verifies(public, signature, signed, d))
                self.assertFalse(openssl_verifies(public, signature, signed + b" ", d))
            return tries[0]

    def test_standard_webhooks(self):
        self.assertEqual(self.check("").header("content-type"), "application/json")

    def test_cloudevents_are_signed_alike(self):
        self.assertEqual(self.check('format = "cloudevents";').header("content-type"),
                         "application/cloudevents+json; charset=UTF-8")


if __name__ == "__main__":
    unittest.main()
