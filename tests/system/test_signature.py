"""Our signatures against another implementation: openssl's HMAC-SHA256.

Needs $BUILD/tests/unit/test_sign, which signs its input when SIGN_INPUT is set, and openssl.
"""
import base64
import os
import random
import subprocess
import unittest

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


if __name__ == "__main__":
    unittest.main()
