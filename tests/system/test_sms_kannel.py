"""The real Kannel between a simulated centre and the gateway: a text comes in through smsbox, the reply goes
out by its sendsms, its report comes back."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

from edge import Edge, free_port
from simmodem import wait_for
from smsprovider import SECRET, with_sms, without_modems

FAKE = next((p for p in ("/usr/lib/kannel/test/fakesmsc", shutil.which("fakesmsc") or "") if os.path.exists(p)), "")
HAVE = all(shutil.which(p) or os.path.exists(f"/usr/sbin/{p}") for p in ("bearerbox", "smsbox")) and FAKE

CONFIG = """
group = core
admin-port = {admin}
admin-password = admin
smsbox-port = {box}
admin-allow-ip = "127.0.0.1"
box-allow-ip = "127.0.0.1"
admin-interface = "127.0.0.1"
smsbox-interface = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = "127.0.0.1"
port = {fake}
connect-allow-ip = "127.0.0.1"

group = smsbox
bearerbox-host = "127.0.0.1"
sendsms-port = {send}
sendsms-interface = "127.0.0.1"
mo-recode = true

group = sendsms-user
username = kujdestar
password = key-of-kannel
concatenation = true
max-messages = 6

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "http://127.0.0.1:{edge}/sms/kannel/{secret}?from=%p&to=%P&text=%b&id=%I&coding=%c&udh=%u"
"""


@unittest.skipUnless(HAVE, "Kannel is not installed (packages kannel, kannel-extras)")
class Kannel(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kannel-")
        self.ports = {n: free_port() for n in ("admin", "box", "fake", "send")}
        self.procs = []

    def tearDown(self):
        for p in reversed(self.procs):
            p.terminate()
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, *argv):
        log = open(os.path.join(self.dir, os.path.basename(argv[0]) + ".log"), "ab")
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        self.procs.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.dir,
                                           env=dict(os.environ, PATH=path)))
        log.close()
        return self.procs[-1]

    def log_of(self, name):
        with open(os.path.join(self.dir, name + ".log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def answers(self, url):
        try:
            with urllib.request.urlopen(url, timeout=5) as r:
                return r.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def boxes(self, edge):
        conf = os.path.join(self.dir, "kannel.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(CONFIG.format(edge=edge.port, secret=SECRET, **self.ports))
        status = f"http://127.0.0.1:{self.ports['admin']}/status.txt?password=admin"
        self.start("bearerbox", conf)
        wait_for(lambda: self.answers(status), 30, "bearerbox answers")
        self.start("smsbox", conf)
        wait_for(lambda: "smsbox" in self.answers(status), 30, "smsbox is there")

    def test_in_and_out(self):
        port = self.ports["send"]
        block = (f'{{ name = "line"; like = "kannel"; secret = "{SECRET}"; outbound = {{ user = "kujdestar"; '
                 f'password = "key-of-kannel"; sender = "50555"; url = "{self.url(port)}"; }}; '
                 f'report = {{ base = "http://127.0.0.1:EDGE"; }}; }}')

        def edit(text):
            text = without_modems(text)
            edge = re.search(r'listen = "127\.0\.0\.1:(\d+)"', text).group(1)
            return text.replace(":EDGE", ":" + edge)

        with Edge(edit=with_sms(block, edit=edit)) as e:
            self.boxes(e)
            number = e.gw.number("O1")
            self.start(FAKE, "-r", str(self.ports["fake"]), "-i", "0.1", "-m", "1",
                       f"{number} 50555 text RAST lypje Z4 M11")
            wait_for(lambda: e.gw.count("cases") == 1, 30, "the case")
            self.assertEqual(e.gw.rows("SELECT reporter, channel, state FROM messages"),
                             [{"reporter": "O1", "channel": "http", "state": "read"}])
            # the fake centre writes what it was given to send
            wait_for(lambda: "E26-" in self.log_of("fakesmsc"), 30, "the reply at the centre")
            self.assertIn(number, self.log_of("fakesmsc"))
            wait_for(lambda: not e.gw.count("outbox", "leg = 'sms' AND state IN ('queued', 'submitting')"), 20,
                     "all handed over")
            self.assertEqual(e.gw.count("outbox", "leg = 'sms' AND state IN ('failed', 'uncertain')"), 0)
            wait_for(lambda: e.gw.count("outbox", "leg = 'sms' AND state = 'delivered'"), 30, "Kannel's report")

    @staticmethod
    def url(port):
        from gateway import CONFIG_DIR
        with open(os.path.join(CONFIG_DIR, "providers_sms.cfg"), encoding="utf-8") as f:
            return re.search(r'url = "([^"]+sendsms[^"]+)"', f.read()).group(1).replace(":13013", f":{port}")


if __name__ == "__main__":
    unittest.main()
