"""A whole gateway in a folder of its own: simulated modem, simulated agency, the real binaries.

    with Gateway() as gw:
        gw.text("T1", "MUNGESE 5A 12 17")
        print(gw.reply_to("T1"), gw.rows("SELECT * FROM absences"))

Owns the folder and the processes.  The configuration is config/demo.cfg with its own paths and ports.
"""
import base64
import contextlib
import csv
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

from simagency import SimAgency
from simmodem import PATIENCE, ROOT, SimModem, default_build, wait_for

CONFIG_DIR = os.path.join(ROOT, "config")


def roster():
    """id -> row of the demonstration's roster."""
    with open(os.path.join(CONFIG_DIR, "demo_roster.csv"), encoding="utf-8", newline="") as f:
        return {row["id"]: row for row in csv.DictReader(f)}


def no_guards(text):
    """A configuration whose guards against floods do not step in."""
    return text + "\nintake = { flood_per_hour = 1000; };\nsms = { day_limit = 100000; " \
        "recipient_hour_limit = 1000; };\n"


def preload(directory, source):
    """Environment that puts tests/sim/SOURCE between one process and its C library."""
    library = os.path.join(directory, os.path.basename(source)[:-2] + ".so")
    subprocess.run([os.environ.get("HOSTCC", "cc"), "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-o", library,
                    os.path.join(ROOT, "tests/sim", source), "-ldl"], check=True)
    return {"LD_PRELOAD": library,
            "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}


def verify(request, secret):
    """Standard Webhooks v1, by Python's own HMAC; raises AssertionError."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b"%s.%s.%s" % (request.header("webhook-id").encode(),
                            request.header("webhook-timestamp").encode(), request.bytes())
    want = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert want in request.header("webhook-signature").split(" "), "signature does not verify"


class Gateway:
    def __init__(self, build_dir=None, sim_options=None, agency_options=None, edit=None):
        """edit: function of the configuration's text, giving the one to run with."""
        self._start(build_dir, tempfile.mkdtemp(prefix="kujdestar-"), sim_options, agency_options)
        self._own = True
        self.cfg = os.path.join(self.dir, "kujdestar.cfg")
        self.edit = edit
        self.write_config()

    @classmethod
    def demonstration(cls, build_dir, directory):
        """config/demo.cfg as it stands: its folder, its device, its port."""
        gw = cls.__new__(cls)
        gw.cfg = os.path.join(CONFIG_DIR, "demo.cfg")
        with open(gw.cfg, encoding="utf-8") as f:
            text = f.read()
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)", text).group(1))
        gw._start(build_dir, directory, {"directory": directory}, {"port": port})
        gw._own = False
        gw._take_secrets(text)
        return gw

    def _start(self, build_dir, directory, sim_options, agency_options):
        self.build = build_dir or default_build()
        self.dir = directory
        self.roster = roster()
        self.hub = None
        self.last_time = 0
        self.log_path = os.path.join(self.dir, "log")
        self.agency = SimAgency().start(self.build, **(agency_options or {}))
        self.sim = SimModem(self.build, **(sim_options or {}))

    # ---- configuration ----

    def write_config(self, edit=None):
        with open(os.path.join(CONFIG_DIR, "demo.cfg"), encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r'"\.\./build/demo/modem"', json.dumps(self.sim.device), text)
        text = re.sub(r'"\.\./build/demo/([a-z_.]+)"', lambda m: json.dumps(os.path.join(self.dir, m.group(1))), text)
        text = re.sub(r'"((?:demo_)?[a-z_]+\.(?:cfg|csv))"', lambda m: json.dumps(os.path.join(CONFIG_DIR, m.group(1))), text)
        text = re.sub(r"http://127\.0\.0\.1:\d+", self.agency.url("").rstrip("/"), text)
        for change in (self.edit, edit):
            if change:
                text = change(text)
        with open(self.cfg, "w", encoding="utf-8") as f:
            f.write(text)
        self._take_secrets(text)

    def keep_backups(self):
        """A recovery key, whose secret half is recovery.secret; backups go to out/, copies of the keyring to copies/."""
        for name in ("out", "copies"):
            os.mkdir(os.path.join(self.dir, name))
        made = self.command("key", "recovery", os.path.join(self.dir, "recovery.secret"), json_out=True)
        extra = '\nbackup = { directory = %s; keyring_directory = %s; recovery_key = "%s"; };\n' % (
            json.dumps(os.path.join(self.dir, "out")), json.dumps(os.path.join(self.dir, "copies")), made["recovery_key"])
        before = self.edit or (lambda t: t)
        self.edit = lambda t: before(t) + extra
        self.write_config()
        return self

    def newest_backup(self):
        return max(glob.glob(os.path.join(self.dir, "out", "*.backup")))

    def _take_secrets(self, text):
        self.secrets = dict(re.findall(r'code\s*=\s*"([A-Z]+)"[^}]*?secret\s*=\s*"(whsec_[^"]+)"', text))

    # ---- commands ----

    def command(self, *words, check=True, json_out=False, env=None, typed=""):
        """typed: what stands on its standard input."""
        argv = [os.path.join(self.build, "kujdestar"), "--config", self.cfg]
        argv += ["--json"] if json_out else []
        p = subprocess.run(argv + [str(w) for w in words], input=typed, capture_output=True, text=True,
                           timeout=60 * PATIENCE, env=env)
        if check and p.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: exit {p.returncode}: {p.stdout}{p.stderr}")
        return json.loads(p.stdout) if json_out else p

    def ask(self, verb, **fields):
        """The control socket, without a process in between."""
        import socket
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(os.path.join(self.dir, "control"))
            s.sendall(json.dumps(dict(fields, verb=verb)).encode() + b"\n")
            with s.makefile("rb") as f:
                return json.loads(f.readline())

    def status(self):
        return self.ask("status")

    def init(self):
        self.command("init")
        self.command("contact", "import", os.path.join(CONFIG_DIR, "demo_roster.csv"))
        return self

    def run(self, *options, wait=True, wrapper=(), env=None):
        log = open(self.log_path, "ab")
        argv = [*wrapper, os.path.join(self.build, "kujdestar"), "--config", self.cfg, "run", *map(str, options)]
        self.hub = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    env=dict(os.environ, **env) if env else None)
        log.close()
        if wait:
            wait_for(self.ready, 60, "workers ready")
        return self

    def up(self):
        try:
            return self.status()
        except (OSError, ValueError):
            if self.hub.poll() is not None:
                raise AssertionError(f"the hub ended with {self.hub.returncode}: {self.log()[-2000:]}")
            return None

    def ready(self):
        status = self.up()
        return status and status["workers"] and all(w["state"] == "ready" for w in status["workers"])

    def worker(self, name):
        return next(w for w in self.status()["workers"] if w["name"] == name)

    def circuit(self, kind):
        """The first circuit of that kind, or None."""
        return next((c for c in self.status()["circuits"] if c["kind"] == kind), None)

    def modem_name(self):
        return next(w["name"] for w in self.status()["workers"] if w["name"] not in ("courier", "edge"))

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    # ---- texts ----

    def number(self, who):
        return self.roster[who]["msisdn"] if who in self.roster else who

    def text(self, who, text, **options):
        """A text from a reporter (or number) arrives at the modem.  Each has a second of its own: the
        same text of the same second is the same TPDU, and so the same text."""
        self.last_time = max(int(time.time()), self.last_time + 1)
        options.setdefault("time", self.last_time)
        return self.sim.deliver(self.number(who), text, **options)

    def secret(self, verb, who, *lines):
        """Sets a PIN (and the second one) or a codeword, as a coordinator does at the shell."""
        p = self.command("contact", verb, who, typed="".join(f"{x}\n" for x in lines))
        assert not any(x and x in p.stdout + p.stderr for x in lines)

    def settled(self, timeout=30):
        """Nothing stored in the modem, nothing waiting, nothing owed."""
        self.sim.wait_empty(timeout)
        wait_for(lambda: (self.up() or {}).get("idle"), timeout, "idle")
        return self

    def sent_to(self, who):
        return [m["text"] for m in self.sim.sent() if m["to"] == self.number(who)]

    def reply_to(self, who, timeout=20):
        """The last text sent to someone, once there is one."""
        return wait_for(lambda: self.sent_to(who), timeout, f"a text to {who}")[-1]

    # ---- rows ----

    def rows(self, sql, *params):
        path = os.path.join(self.dir, "kujdestar.db")
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return [dict(r) for r in db.execute(sql, params)]

    def count(self, table, where="1"):
        return self.rows(f"SELECT count(*) AS n FROM {table} WHERE {where}")[0]["n"]

    def check_signatures(self):
        for r in self.agency.requests():
            code = r["path"].strip("/").split("/")[0].upper()
            verify(r, self.secrets[code])

    # ---- end ----

    def stop_hub(self, sig=signal.SIGTERM, timeout=30):
        if self.hub and self.hub.poll() is None:
            self.hub.send_signal(sig)
            self.hub.wait(timeout)
        return self.hub.returncode if self.hub else None

    def close(self):
        if self.hub and self.hub.poll() is None:
            self.hub.terminate()
            try:
                self.hub.wait(20)
            except subprocess.TimeoutExpired:
                self.hub.kill()
                self.hub.wait()
        self.sim.stop()
        self.agency.stop()
        if self._own:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
