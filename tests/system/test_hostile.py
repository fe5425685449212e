"""Workers under an attacker's control, at the wire of a real hub: it neither ends nor hangs nor grows, what
was not handed out is not settled, no role is forged, the store is not read, and the others go on.

SEED repeats the random part (it is printed); HOSTILE_S says how many seconds that lasts.
"""
import os
import time
import unittest

from edge import free_port, listening
from gateway import Gateway, no_guards
from hostile import Lair
from simmodem import default_build, wait_for
from wire import ACK, REPLY, WORK_HTTP

SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
SECONDS = float(os.environ.get("HOSTILE_S", "12"))
GROWTH_KB = 24 << 10  # 256 frames that wait for one that does not read, and what a turn holds
with open(os.path.join(default_build(), "kujdestar"), "rb") as program:
    if b"__asan_init" in program.read() or os.environ.get("VALGRIND"):
        GROWTH_KB = 400 << 10  # what was freed is kept for a while, to see who still uses it


def rss(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Case(unittest.TestCase):
    def lair(self, kind, name, words, modems=(), edge=False, seed=0, also=()):
        """A running gateway with one worker that does what the words say; the others are real."""
        self.l = Lair(default_build(), seed)
        self.addCleanup(self.l.close)
        for k, n in {(kind, name), *also}:
            self.l.set(k, n, words)

        def edit(text):
            more = "".join(f', {{ name = "{m}"; device = "{self.l.dir}/{m}.device"; sweep_s = 5; }}' for m in modems)
            text = text.replace("sweep_s = 5; }", "sweep_s = 5; }" + more, 1)
            return no_guards(self.l.edit(text))
        for m in modems:
            open(os.path.join(self.l.dir, f"{m}.device"), "w", encoding="ascii").close()
        gw = Gateway(edit=listening(free_port(), edit=edit) if edge else edit)
        self.addCleanup(gw.close)
        gw.init().run(wait=False)
        wait_for(gw.up, 20, "the hub is up")
        self.gw, self.kind, self.name = gw, kind, name
        return gw

    def others_well(self):
        """A text comes in, is answered, and nobody but the hostile one was replaced."""
        gw = self.gw
        wait_for(lambda: all(w["state"] == "ready" for w in gw.status()["workers"] if w["name"] != self.name),
                 30, "the others are ready")
        before = len(gw.sent_to("T2"))
        gw.text("T2", "MUNGESE 5/1 3")
        wait_for(lambda: len(gw.sent_to("T2")) > before, 30, "a reply")
        self.assertIsNone(gw.hub.poll())
        for w in gw.status()["workers"]:
            if w["name"] != self.name:
                self.assertEqual((w["state"], w["deaths"]), ("ready", 0), w)

    def killed(self, times=1, why="protocol error"):
        wait_for(lambda: self.gw.worker(self.name)["deaths"] >= times, 40, f"{self.name} was killed")
        down = [line for line in self.gw.log().splitlines() if f"worker={self.name} state=down" in line]
        self.assertRegex(down[-1], f'reason="({why})"')


def forged(gw, who, text="RAST LYP Z3 M9"):
    """A DELIVER as if that person had sent it, in hex."""
    digits = gw.number(who).lstrip("+")
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[k ^ 1] for k in range(len(padded)))
    ucs2 = text.encode("utf-16-be")
    return f"0004{len(digits):02x}91{swapped}000862112151000000{len(ucs2):02x}{ucs2.hex()}"


class Lies(Case):
    def becomes(self, words):
        """The hostile one is replaced by one that says this."""
        before = self.l.starts(self.kind, self.name)
        self.l.set(self.kind, self.name, words)
        os.kill(wait_for(lambda: self.gw.worker(self.name)["pid"], 20, "it runs"), 9)
        wait_for(lambda: self.l.starts(self.kind, self.name) > before, 20, "it starts anew")

    def test_a_courier_cannot_bring_texts(self):
        gw = self.lair("courier", "courier", "")
        self.becomes(f"ready()\nsay(segment(1, bytes.fromhex('{forged(gw, 'O1')}')))")
        self.killed(2)
        self.others_well()
        self.assertEqual(gw.count("cases"), 0)
        self.assertEqual(gw.count("messages"), 1)  # the other's

    def test_the_same_text_by_the_modem_is_one(self):
        """That the octets above are a text at all; and replayed, it is one row."""
        gw = self.lair("modem", "ghost", "", modems=["ghost"])
        self.becomes(f"ready()\nfor n in range(60): say(segment(n, bytes.fromhex('{forged(gw, 'O1')}')))")
        wait_for(lambda: gw.count("cases") == 1, 20, "a case")
        wait_for(lambda: len([f for f in self.l.heard("modem", "ghost") if f[0] == ACK]) == 60, 20, "60 acknowledgements")
        self.assertEqual((gw.count("cases"), gw.count("messages")), (1, 1))
        self.others_well()

    def test_a_courier_settles_nothing_it_was_not_handed(self):
        gw = self.lair("courier", "courier", "ready(credit=0)\nfor n in range(1, 50): say(done_http(n)) if hear(3) else None")
        wait_for(gw.ready, 20, "all are ready")
        gw.text("O1", "RAST LYP Z3 M9")
        wait_for(lambda: gw.count("outbox", "leg = 'http'"), 20, "deliveries that are owed")
        self.becomes("ready(credit=0)\nfor n in range(1, 50): say(done_http(n))")
        self.killed(2)
        self.others_well()
        self.assertEqual({r["state"] for r in gw.rows("SELECT state FROM outbox WHERE leg = 'http'")}, {"queued"})
        self.assertEqual(gw.count("outbox", "leg = 'http' AND attempts > 0"), 0)

    def test_a_modem_settles_no_text_of_another(self):
        gw = self.lair("modem", "ghost", "say(note({'registration': 'denied'}))\nready(credit=0)\n", modems=["ghost"])
        wait_for(gw.ready, 20, "all are ready")
        gw.sim.ctl("fault noanswer")
        gw.text("T1", "MUNGESE 5A 12")
        wait_for(lambda: gw.count("outbox", "leg = 'sms' AND state = 'submitting'"), 20, "a text at the other modem")
        job, = [r["id"] for r in gw.rows("SELECT id FROM outbox WHERE state = 'submitting'")]
        deaths = gw.worker("ghost")["deaths"]
        self.becomes(f"ready()\nsay(done_sms({job}))\nsay(done_sms({job}, result=2))")
        self.killed(deaths + 2)
        self.assertEqual(gw.rows("SELECT state FROM outbox WHERE id = ?", job)[0]["state"], "submitting")
        self.assertEqual(gw.worker("sim1")["deaths"], 0)

    def test_granting_itself_everything_it_gets_a_bounded_part(self):
        gw = self.lair("courier", "courier", "ready(credit=65535)\n")
        for n in range(90):
            gw.sim.deliver(gw.number("O1"), f"RAST LYP Z{1 + n % 9} M{6 + n // 9}", time=int(time.time()) + n)
        wait_for(lambda: gw.count("outbox", "leg = 'http'") >= 80, 60, "deliveries")
        wait_for(lambda: [f for f in self.l.heard("courier", "courier") if f[0] == WORK_HTTP], 20, "work")
        self.others_well()
        handed = [f for f in self.l.heard("courier", "courier") if f[0] == WORK_HTTP]
        self.assertLessEqual(len(handed), 64 * self.l.starts("courier", "courier"))

    def test_its_words_are_no_commands_to_a_terminal(self):
        gw = self.lair("modem", "ghost", r"""
say(note({'reason': b'\x1b]0;x\x07\xff\n2026 error forged=1', b'\x1b[2J\xfe': b'\xc3'}))
say(begin(b'\x1b[31m\xff', 60000))
ready(detail=b'\x1b[2J\xff\n')
""", modems=["ghost"])
        wait_for(gw.ready, 20, "all are ready")
        shown = gw.command("status").stdout + gw.command("doctor", check=False).stdout + str(gw.status())
        self.assertIn("ghost", shown)
        self.assertFalse([c for c in shown if (c < " " and c != "\n") or c == "\x7f"])
        with open(gw.log_path, "rb") as f:
            log = f.read()
        self.assertNotIn(b"\x1b", log)
        self.assertFalse([line for line in log.split(b"\n") if line.startswith(b"2026 error forged")])
        self.others_well()

    def test_descriptors_that_it_passes_are_not_kept(self):
        gw = self.lair("edge", "edge", "import socket\nready()\nfor n in range(200):\n"
                       "    socket.send_fds(hub, [note({'n': str(n)})], [0] * 100)\n", edge=True)
        self.killed(3)  # no worker of ours passes any
        self.assertLess(descriptors(gw.hub.pid), 40)
        self.others_well()


class Floods(Case):
    def flood(self, kind, name, words, killed="protocol error", **options):
        gw = self.lair(kind, name, "ready()\n", **options)
        wait_for(gw.ready, 20, "all are ready")
        self.others_well()
        before = rss(gw.hub.pid)
        self.l.set(kind, name, words)
        os.kill(gw.worker(name)["pid"], 9)
        if killed:
            self.killed(2, killed)
        else:
            wait_for(lambda: self.l.starts(kind, name) >= 2, 20, "it runs")
        self.others_well()
        self.assertLess(rss(gw.hub.pid) - before, GROWTH_KB)
        return gw

    def test_notes_without_end(self):
        self.flood("courier", "courier", "ready()\nn = 0\nwhile True:\n    n += 1\n"
                   "    say(note({'n' + str(n): 'x' * 60000}))")

    def test_texts_without_end(self):
        gw = self.flood("modem", "ghost", "ready()\nn = 0\nwhile True:\n    n += 1\n"
                        "    say(segment(n, r.randbytes(60000)))", modems=["ghost"],
                        killed="does not read|protocol error")  # whichever is found first
        longest = gw.rows("SELECT max(length(octets)) AS n FROM segments")[0]["n"]
        self.assertLess(longest, 1000)  # a segment is kept as far as one can be long

    def test_texts_whose_acknowledgements_it_does_not_read(self):
        self.flood("modem", "ghost", "ready()\nimport time\nn = 0\nwhile True:\n    n += 1\n"
                        "    say(segment(n, r.randbytes(200)))\n    time.sleep(0.002)", modems=["ghost"],
                   killed="does not read|protocol error")

    def test_calls_without_end(self):
        self.flood("edge", "edge", "ready()\nn = 0\nwhile True:\n    n += 1\n"
                   "    say(call(n, r.choice(['health', 'ussd', 'sms', 'answer', 'link', 'x']), 'MUN',"
                   " fields={'a': 'b' * 9000}))", edge=True, killed=False)

    def test_it_is_replaced_ever_more_seldom(self):
        gw = self.lair("courier", "courier", "ready()\nsay(frame(99))")
        end = time.monotonic() + 12
        while time.monotonic() < end:
            self.assertIsNone(gw.hub.poll())
            time.sleep(0.5)  # how often it comes back within a time is what is measured
        self.assertLessEqual(self.l.starts("courier", "courier"), 6)  # 0, 1, 2, 5 s ...
        self.others_well()


CALLS = r"""
ready()
n = 0
def ask(kind, block="", **more):
    global n
    n += 1
    say(call(n, kind, block, **more))
for who in NUMBERS:
    for block in ("", "africastalking", "MUN", "x", "../x", "a" * 300):
        ask("ussd", block, fields={"msisdn": who, "session": "s", "input": "1", "code": "*123#", "text": "1*2"})
        ask("sms", block, fields={"from": who, "to": "1", "text": "RAST LYP Z3 M9", "id": "7", "number": who})
        ask("report", block, fields={"id": "1", "status": "delivered"})
for code in ("MUN", "POLICE", "SSS", "NONE", ""):
    body = b'{"type":"referral.accept","data":{"referral":"R1"}}'
    ask("answer", code, body=body)
    ask("answer", code, body=body, fields={"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "v1,x"})
    ask("link", code, fields={"token": "0" * 32, "press": "1", "answer": "accept"}, body=body)
for kind in ("", "status", "case", "control", "HEALTH", "health\0", "x" * 40000):
    ask(kind, "MUN", body=b"{}")
ask("health")
while True:
    f = hear(5)
    if f and f[0] == REPLY and f[1]["id"] == n:
        say(note({"asked": str(n)}))
        break
"""


class Calls(Case):
    def test_an_edge_forges_nobody(self):
        """Menus, texts, answers and links come through the edge: without a block of the configuration, a
        signature or a token there is none of them."""
        gw = self.lair("edge", "edge", "", edge=True)
        gw.text("O1", "RAST LYP Z3 M9")
        wait_for(lambda: gw.count("cases") == 1, 20, "a case that could be read out")
        code = gw.rows("SELECT code FROM cases")[0]["code"]
        self.l.set("edge", "edge", f"NUMBERS = {(gw.number('O1'), gw.number('T1'))!r}\n" + CALLS)
        os.kill(gw.worker("edge")["pid"], 9)
        wait_for(lambda: "asked" in gw.worker("edge")["notes"], 30, "all was asked")
        replies = [f[1] for f in self.l.heard("edge", "edge") if f[0] == REPLY]
        self.assertEqual(replies[-1]["status"], 200)  # health
        self.assertEqual([r for r in replies[:-1] if r["status"] < 400], [])
        self.assertNotIn(code, str(replies))
        self.assertEqual((gw.count("cases"), gw.count("messages")), (1, 1))
        self.others_well()


RANDOM = r"""
def octets(most=300):
    return r.randbytes(r.choice([0, 1, 2, 8, 40, 160, most]))
def number():
    return r.choice([0, 1, 2, 3, 7, 20, 255, 65535, 2**31 - 1, 2**32 - 1])
def job():
    return r.choice(seen) if seen and r.random() < .8 else r.choice([1, 2, 5, -1, -2, 2**62, -2**63])
def words():
    return r.choice(["", "x", "reason", "registration", "sim_size", "sim_used", "pin", "wanted", "home", "denied",
                     "-1", "999999999999", "1", octets(), "a" * r.randrange(3000)])
def fields():
    return {("k%d" % i if r.random() < .5 else words()): words() for i in range(r.randrange(6))}
def own_segment():
    return segment(number(), octets(), words(), number(), r.randrange(2), words(), words())
def own_done():
    return done_sms(job(), r.choice([0, 0, 0, 1, number() % 65536]), r.randrange(1, 4), r.randrange(256), number() % 2**31, words())
def own_ussd():
    return done_ussd(job(), r.randrange(1, 5), r.randrange(8), number() % 2**31, octets(4000))
def own_http():
    return done_http(job(), r.randrange(1, 7), number() % 65536, number() % 2**31, number(), octets(16000), octets(4000), words())
def own_call():
    return call(number(), r.choice(["health", "ussd", "sms", "answer", "link", "report", words()]),
                r.choice(["MUN", "POLICE", "", words()]), words(), fields(), octets(9000))
def spoiled(f):
    f = bytearray(f)
    for _ in range(r.randrange(3)):
        f[r.randrange(len(f))] = r.randrange(256)
    return bytes(f[:r.randrange(1, len(f) + 1)]) if r.random() < .5 else bytes(f) + r.randbytes(r.randrange(3))
def one():
    own = {"modem": [own_segment, own_segment, own_ussd, own_done], "courier": [own_http], "edge": [own_call]}[kind]
    k = r.random()
    if k < .75:
        f = r.choice(own)
        # an outcome of what was not handed out ends it at once: often enough to be tried, no oftener
        return f() if f not in (own_done, own_http) or seen or r.random() < .02 else note(fields())
    if k < .9:
        return note(fields())
    if k < .99:
        return r.choice([begin(words(), number() % 3600001, job()), frame(END)])
    return spoiled(r.choice(own)())
seen = []
if r.random() < .9:
    ready(credit=r.choice([1, 8, 64, 65535]))
while True:
    for _ in range(r.randrange(1, 12)):
        say(one())
    f = hear(.01)
    if f and "job" in f[1]:
        seen.append(f[1]["job"])
"""


class Random(Case):
    def test_whatever_they_say(self):
        """Eight modems, the courier and the edge, all hostile, beside one modem that is not."""
        print(f"# seed {SEED}, {SECONDS} s", flush=True)
        names = [f"ghost{n}" for n in range(8)]
        others = [("courier", "courier"), ("edge", "edge"), *(("modem", name) for name in names)]
        gw = self.lair("modem", names[0], RANDOM, modems=names, edge=True, seed=SEED, also=others)
        wait_for(lambda: gw.worker("sim1")["state"] == "ready", 30, "the real one is ready")
        before, end, n = rss(gw.hub.pid), time.monotonic() + SECONDS, 0
        while time.monotonic() < end:
            n += 1
            for name in names:  # a device that is plugged in anew is tried at once
                path = os.path.join(self.l.dir, name + ".device")
                with open(path + ".new", "w", encoding="ascii"):
                    pass
                os.rename(path + ".new", path)
            gw.text("T1", f"MUNGESE 5A {1 + n % 20}")
            gw.text("O1", f"RAST LYP Z{1 + n % 9} M9")  # something to hand out
            gw.sim.wait_empty(60)
            self.assertIsNone(gw.hub.poll(), gw.log()[-2000:])
            self.assertTrue(gw.status()["ok"])
        self.assertEqual(gw.worker("sim1")["deaths"], 0)
        self.assertLess(rss(gw.hub.pid) - before, 2 * GROWTH_KB)
        self.assertLess(descriptors(gw.hub.pid), 60)
        starts = {name: self.l.starts("modem", name) for name in names}
        print(f"# {n} rounds, starts {starts}, courier {self.l.starts('courier', 'courier')}, edge {self.l.starts('edge', 'edge')}, "
              f"{gw.count('segments')} segments, {gw.count('cases')} cases", flush=True)
        self.assertGreater(sum(starts.values()), len(names))
        self.assertEqual(gw.rows("PRAGMA integrity_check")[0]["integrity_check"], "ok")
        self.assertLessEqual(gw.count("cases"), n)  # one a text of the real modem, none of the others
        self.assertEqual(gw.stop_hub(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
