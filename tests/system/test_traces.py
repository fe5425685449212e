"""Nobody's name, number or secret in any byte the gateway leaves.

A long run at random, from a printed seed, with the real binaries: all roles and strangers, by SMS, by HTTP
and by menu, with names, numbers, identity numbers, PINs, addresses and secrets planted in every place a
person could put one, while keys change and backups are made.  Then every byte is searched for them in every
form (traces.py): database, its log, keyring and its copies, backups and what one of them is put back as, the log
at its most talkative, temporary files, what was printed, exported, sent, shown, posted and answered by the
control socket.

    TEXTS=2000 SEED=7 python3 tests/run.py tests/system/test_traces.py
"""
import base64
import json
import os
import random
import re
import time
import urllib.parse
import unittest

from gateway import Gateway, no_guards
from edge import free_port, listening
from simmodem import ROOT, wait_for
from smsprovider import block as sms_block, bring, with_sms
from test_ussd import At, block as ussd_block, with_providers
from traces import Hunt, files, packed, swapped

TEXTS = int(os.environ.get("TEXTS", "150"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
FIRST = ["Arben", "Agron", "Besnik", "Dritan", "Fatmir", "Gjergj", "Ilirjana", "Luljeta", "Mimoza", "Shpresa",
         "Valbona", "Xhevahir", "Zamira", "Ermira", "Klodian", "Gëzim", "Blerta"]
FAMILY = ["Hoxha", "Shehu", "Gjoka", "Marku", "Dervishi", "Krasniqi", "Bardhoshi", "Zyberi", "Çelaj", "Kuqalari",
          "Përmeti", "Tafaj"]
STREETS = ["Kombit", "Skenderbej", "Aqif Pashe"]
SHELTER = ["strehimorja e kalter", "Vila e Bardhe Nr 9"]
CONFIGURED = {"a secret of the edge": "system-test-secret-01", "a secret of a provider": "system-test-secret-02",
              "a password": "key-of-the-provider"}
# Where a name is the input's own, not what the gateway makes of it.
INPUTS = {"kujdestar.cfg", "master.key", "recovery.secret", "control", "people.csv", "minutes.txt"}
NOTE_FORM = """
	{ name = "visitnote"; keywords = [ "shenim", "remark" ]; roles = [ "teacher", "head", "outreach" ];
	  fields = ( { name = "zone"; type = "zone"; required = true; }, { name = "note"; type = "text"; labels = [ "tekst" ]; },
		     { name = "tel"; type = "phone"; labels = [ "tel" ]; } ); },"""


def configuration(text):
    text = no_guards(text).replace("forms = (", "forms = (" + NOTE_FORM, 1)
    text = text.replace("hub = {", 'hub = { log_level = "debug";', 1)
    text = text.replace('forbidden = [ "strehimorja e kalter" ];', f"forbidden = {json.dumps(SHELTER)};")
    return with_providers(ussd_block("menu", "africastalking"))(with_sms(sms_block())(text))


class Planter:
    """Sloppy texts of everybody; what must not be found again is told to the hunt, with its text."""

    def __init__(self, rng, hunt):
        self.rng, self.hunt = rng, hunt
        self.codes, self.numbers = ["E26-0147-V"], []
        self.texts, self.now = 0, []
        # No day, no even steps, nothing twice: none is weak.
        self.pins = {who: [start + "".join(rng.sample("45678", 4)) for start in ("39", "93")] for who in ("O1", "C1", "D1")}

    def one(self, *choices):
        return self.rng.choice(choices)

    def given(self):
        return self.planted(self.rng.choice(FIRST))

    def family(self):
        return self.planted(self.rng.choice(FAMILY))

    def planted(self, word):
        self.now.append(word)
        return self.one(word, word, word.lower(), word.upper())

    def name(self):
        """In the shapes people write them."""
        a, b = self.rng.choice(FIRST), self.rng.choice(FAMILY)
        self.now += [a, b]
        shape = self.rng.choice(["{a} {b}", "{a} {b}", "{b} {a}", "{a}", "{a} i {b}t", "vajza e {a}it", "djali i {a}t",
                                 "familja {b}", "e bija e {a} {b}", "{a}-{b}", "{a}.{b}", "quhet {a} {b}",
                                 "emri {a} mbiemri {b}", "{a}, {b}", "i quajtur {a}"])
        said = shape.format(a=a, b=b)
        self.now.append(said)
        return self.one(said, said, said.lower(), said.upper())

    def phone(self):
        digits = "69" + "".join(self.rng.choice("2345678") for _ in range(7))
        self.now.append("+" + digits)
        return self.one("0" + digits, "+355" + digits, "00355" + digits, f"0{digits[:2]} {digits[2:5]} {digits[5:]}",
                        f"0{digits[:2]}-{digits[2:5]}-{digits[5:]}", f"0{digits[:2]}/{digits[2:]}")

    def identity(self):
        digits = "".join(self.rng.choice("0123456789") for _ in range(8))
        self.now.append("+" + digits)
        return self.one("J", "K", "F") + digits + self.one("K", "P", "W")

    def pin(self):
        digits = "".join(self.rng.choice("123456789") for _ in range(6))
        self.now.append("#" + digits)
        return digits

    def pin_of(self, who):
        """His own, the one for when he is forced, or a wrong one; the coordinator's are always right: he is asked later."""
        right = self.pins.get(who)
        return self.one(*right, *([self.pin()] if who != "C1" else [])) if right else self.pin()

    def code(self):
        return self.one(*self.codes[-8:])

    def private(self):
        return self.one(self.name, self.name, self.name, self.phone, self.identity,
                        lambda: f"rr. {self.planted(self.rng.choice(STREETS))} nr {self.rng.randint(1, 90)}")()

    def text(self):
        """(sender, text)"""
        r = self.rng
        self.now = []
        kind = r.choice([self.teacher, self.teacher, self.outreach, self.outreach, self.office, self.stranger,
                         self.sealed, self.shelter])
        who, text = kind()
        if r.random() < 0.15:
            text = text + self.one("", " ", "!!", " ", " flm", "\n", " ?") + self.one("", "ok", "te lutem")
        self.texts += 1
        for word in self.now:
            if word.startswith("+"):
                self.hunt.number(word, f"{who}: {text}")
            else:
                self.hunt.plant(word.lstrip("#"), f"{who}: {text}", alone=word.startswith("#"))
        return who, text

    def teacher(self):
        who, cls = self.one(("T1", "5A"), ("T1", "9B"), ("T2", "5/1"), ("T3", "6B"), ("H1", "5B"))
        n, p = self.rng.randint(1, 24), self.private
        return who, self.one(
            lambda: f"Mungese {cls} {self.name()}", lambda: f"mungese {cls} {n} {self.name()}", lambda: f"{self.name()} {cls}",
            lambda: f"mungese {cls} {n}", lambda: f"MUNGESE {cls} {n} {n + 1}", lambda: f"{cls} {n} pa arsye", lambda: f"mugnese {cls} nr {n} eshte te {self.name()}",
            lambda: f"{cls} mungon {self.name()} dhe {n}", lambda: f"ABSENT {cls} {self.name()}, {self.name()}",
            lambda: f"{cls} nr {n} lyp te semafori me {self.name()}", lambda: f"arsye {cls} {n} semure tel {self.phone()}",
            lambda: f"KTHYE {cls} {self.name()}", lambda: f"BRAKTISI {cls} {n} iku me {self.name()} ne Greqi",
            lambda: f"korrigjo {cls} {self.name()}", lambda: f"shenim Z4 tekst {p()}",
            lambda: f"shenim Z4 tekst takova {self.name()} tel {self.phone()}", lambda: f"remark z5 {self.name()}",
            lambda: f"UJE SH1 ska {n} {self.name()}", lambda: f"{cls}={self.given()}", lambda: f"nxenesi {self.name()} {cls} {p()}",
            lambda: f"fushate sh1 45 me {self.name()}", lambda: f"test mungese {cls} {self.name()}")()

    def outreach(self):
        r = self.rng
        p, z, age = self.private, r.randint(1, 9), r.randint(5, 17)
        return self.one("O1", "O1", "C1", "D1"), self.one(
            lambda: f"RAST LYP Z{z} M{age} {p()}", lambda: f"rast pun z{z} {self.name()} {age} vjec", lambda: f"rast {self.name()}",
            lambda: f"RAST DRO Z{z} F{age} URGJENT {p()}", lambda: f"vajze {age} do e martojne te shtunen z{z} {self.name()}",
            lambda: f"NDJEK {self.code()} vizite te {p()}", lambda: f"vizite {self.code()} {p()} mire",
            lambda: f"{self.code()} {self.name()}", lambda: f"{self.code()}{self.given()}", lambda: f"SHTO {self.code()} {p()}",
            lambda: f"PROGRES {self.code()} 4 {p()}", lambda: f"refero {self.code()} tv strehim {p()}",
            lambda: f"RREZIK {self.code()} LARTE {self.name()}", lambda: f"MBYLL {self.code()} I RIINTEGRUAR {p()}",
            lambda: f"KTHIM GR M{age} Selanik 05.12 {p()}", lambda: f"REGJISTRUAR {self.code()} SH3 4B {self.name()}",
            lambda: f"RAST LYP Z{z} M{age} emri {self.given()} tel {self.phone()} ID {self.identity()}",
            lambda: f"{self.given()}, {age}, z{z}, lyp", lambda: f"STATUS {self.code()} {p()}", lambda: f"BASHKO {self.code()} {self.name()}",
            lambda: f"femija {self.name()} nuk u gjet {self.code()}", lambda: f"RAST LYP Z{z} M{age}")()

    def office(self):
        p = self.private
        return self.one("AG1", "AG2", "S1", "C1", "D1"), self.one(
            lambda: f"REFUZO R1 s'kemi vend per {p()}", lambda: f"PRANO R1 {p()}", lambda: f"KRYER T1 foli me {p()}",
            lambda: f"SHTY T1 30.11 {p()}", lambda: f"DETYRE {self.code()} TDH vizite te {p()} deri 30.11", lambda: f"OK 1 {p()}",
            lambda: f"T1 jo akoma {p()}", lambda: f"TAKIM {p()}", lambda: f"VIJ me {self.name()}", lambda: f"PO 1 {p()}",
            lambda: f"JO 2 {p()}", lambda: f"NDIHME {p()}", lambda: f"fol me {p()}")()

    def stranger(self):
        digits = "68" + "".join(self.rng.choice("23456789") for _ in range(7))
        self.now.append("+" + digits)
        p = self.private
        return self.one("+355" + digits, "+355" + digits, "INFO-SMS", "+39340" + digits[2:]), self.one(
            lambda: f"dua te raportoj {self.name()} qe lyp te {p()}", lambda: f"me rrahin {p()}", lambda: f"SOS {p()}",
            lambda: f"{self.name()}", lambda: f"STATUS {self.code()} {p()}", lambda: f"HUMBA {self.phone()} gjethja{self.pin()}",
            lambda: f"jam {self.name()}, {p()}", lambda: f"mungese 5A {self.name()}")()

    def sealed(self):
        """PINs, in the places they are typed at, and lost phones."""
        who = self.one("O1", "C1", "D1", "AG1", "T1")
        pin = self.pin_of(who)
        return who, self.one(
            lambda: f"PIN {pin} STATUS {self.code()}", lambda: f"STATUS {self.code()} {pin}", lambda: f"PIN {pin} {self.code()}",
            lambda: f"NDRYSHO PIN {self.pin()} {self.pin()}", lambda: f"pin {pin}", lambda: f"PIN{pin} rastet",
            lambda: f"HUMBA {self.phone()} {pin}", lambda: f"BLLOKO {self.phone()}", lambda: f"pini im eshte {pin}",
            lambda: f"MBYLL {self.code()} I RIINTEGRUAR PIN {pin}", lambda: f"rastet pin:{pin} {self.name()}")()

    def shelter(self):
        where = self.one(*SHELTER)
        self.now.append(where)
        return self.one("O1", "C1", "AG2", "D1"), self.one(
            lambda: f"refero {self.code()} tv strehim te {where}", lambda: f"NDJEK {self.code()} eshte te {where}",
            lambda: f"DETYRE {self.code()} TV shko te {where} deri 30.11", lambda: f"PRANO R1 te {where}",
            lambda: f"RAST LYP Z4 M11 dergoje te {where}", lambda: f"shenim Z4 tekst {where}")()


class Run:
    """One gateway with every door open, and what came out of it."""

    def __init__(self, seed):
        self.rng, self.hunt = random.Random(seed), Hunt()
        self.said = []  # (where, text) of what was printed, shown and answered
        self.port = free_port()
        self.gw = Gateway(edit=listening(self.port, edit=configuration))
        self.plants = Planter(self.rng, self.hunt)
        for source, word in CONFIGURED.items():
            self.hunt.plant(word, source)
        for code, secret in self.gw.secrets.items():
            self.hunt.plant(secret.removeprefix("whsec_"), f"the secret of {code}")
            self.hunt.plant(base64.b64decode(secret.removeprefix("whsec_")).decode(), f"the secret of {code}")
        for who, row in self.gw.roster.items():
            self.hunt.number(row["msisdn"], f"the number of {who}")

    def ask(self, *args, **kw):
        """For At and bring, as the class Edge has it; what is answered is kept."""
        from edge import Edge
        got = Edge.ask(self, *args, **kw)
        self.said.append((f"HTTP answer to {args[1]}", got[2]))
        return got

    def start(self):
        os.mkdir(os.path.join(self.gw.dir, "tmp"))
        self.gw.keep_backups()
        self.gw.init()
        for who, (pin, second) in self.plants.pins.items():
            self.hunt.plant(pin, f"the PIN of {who}", alone=True)
            self.hunt.plant(second, f"the second PIN of {who}", alone=True)
            self.gw.secret("pin", who, pin, second)
        self.gw.secret("codeword", "T1", "zambakebardhe")
        self.hunt.plant("zambakebardhe", "the codeword of T1")
        self.keys()
        self.gw.run("--start-at", "2026-11-16T09:00", env={"TMPDIR": os.path.join(self.gw.dir, "tmp")})
        wait_for(lambda: self.gw.worker("edge")["state"] == "ready", 20, "the edge listens")
        self.at = self.gw.status()["now"]

    def send(self):
        who, text = self.plants.text()
        self.at += 1
        if who in self.gw.roster and self.rng.random() < 0.2:
            bring(self, self.gw.number(who), text, id=f"in-{self.plants.texts}")
        else:
            self.gw.sim.deliver(self.gw.number(who), text[:600], time=self.at)

    def menu(self):
        """A menu walked with a name or a number typed where a choice was asked for."""
        self.plants.now = []
        dialled = At(self, self.gw.number(self.rng.choice(["O1", "T1", "C1"])), f"s{self.rng.random()}")
        dialled.dial()
        typed = [self.rng.choice(["1", "2", "3", "4", "11", "99", self.plants.private()]) for _ in range(5)]
        for answer in typed:
            if dialled.type(answer.replace("*", "")).startswith("END"):
                break
        for word in self.plants.now:
            (self.hunt.number if word.startswith("+") else self.hunt.plant)(word, f"typed in a menu: {typed}")

    def agency(self):
        """Answers of agencies' servers, and calls of agencies, with names in them."""
        p = self.plants
        p.now = []
        body = json.dumps({"message": p.name(), "error": p.name(), "case": p.phone()})
        self.gw.agency.ctl(f"answer {self.rng.choice([200, 400, 409, 422, 503])} count=2 body='{body.replace(chr(39), '')}'")
        said = {"type": "referral.decline", "data": {"referral": "R1", "reason": p.name()}}
        from test_answers import headers
        raw = json.dumps(said).encode()
        self.ask("POST", "/answers/TV", body=raw, headers=headers(self.gw.secrets["TV"], f"u{self.rng.random()}", self.gw.status()["now"], raw))
        self.ask("GET", "/a/" + urllib.parse.quote(f"{self.rng.choice(FIRST)}?x={p.given()}"))
        for word in p.now:
            (self.hunt.number if word.startswith("+") else self.hunt.plant)(word, f"an agency's answer: {body} {said}")

    def codes(self):
        self.plants.codes = [r["code"] for r in self.gw.rows("SELECT code FROM cases ORDER BY id")] or self.plants.codes

    def settle(self):
        self.gw.settled(60)
        wait_for(lambda: not self.gw.count("outbox", "leg = 'sms' AND state = 'queued' AND not_before <= " +
                                           str(self.gw.status()["now"])), 60, "texts sent")

    def play(self, n):
        for i in range(n):
            self.send()
            if i == n * 2 // 3:
                self.keep()
            if i % 25 == 10:
                self.settle()
                self.codes()
                self.menu()
                self.agency()
        self.settle()

    def keys(self):
        """The master key as it is now, and the secret half of the recovery key."""
        for name in ("master.key", "recovery.secret"):
            with open(os.path.join(self.gw.dir, name), "rb") as f:
                held = f.read()
            key = held if len(held) == 32 else bytes.fromhex(re.search(rb"\b[0-9a-fA-F]{64}\b", held).group().decode())
            self.hunt.key(key, f"{name} {len(self.hunt.words)}")

    def keep(self):
        """A backup, a copy of the keyring, another master key and other data keys."""
        self.tell("backup", check=True)
        self.tell("key", "rotate", check=True)
        self.keys()
        self.tell("key", "renew", check=True)
        self.tell("key", "copy", check=True)

    def put_back(self):
        """The newest backup becomes the store; what was the store goes aside, and is still searched."""
        aside = os.path.join(self.gw.dir, "aside")
        os.mkdir(aside)
        for name in os.listdir(self.gw.dir):
            if name.startswith("kujdestar.db"):
                os.rename(os.path.join(self.gw.dir, name), os.path.join(aside, name))
        self.tell("restore", self.gw.newest_backup(), check=True)

    def tell(self, *words, env=None, check=False, typed=None):
        p = self.gw.command(*words, check=check, env=env, typed=typed)
        self.said.append((" ".join(map(str, words)), p.stdout + p.stderr))
        return p

    def files_of_people(self):
        """Imports whose columns changed places, and minutes with more in them than a task."""
        p = self.plants
        p.now = []
        people, minutes = os.path.join(self.gw.dir, "people.csv"), os.path.join(self.gw.dir, "minutes.txt")
        with open(people, "w", encoding="utf-8") as f:
            f.write("id,msisdn,role,school,classes,agency,language\n")
            for i in range(12):
                row = [f"X{i}", f"+35569200100{i}", "teacher", "SH1", "5A", "", "sq"]
                row[self.rng.choice([0, 2, 3, 5])] = p.one(lambda: f"{self.rng.choice(FIRST)} {self.rng.choice(FAMILY)}", p.phone)()
                f.write(",".join(row) + "\n")
        with open(minutes, "w", encoding="utf-8") as f:
            for _ in range(6):
                f.write(p.one(lambda: f"{p.code()} TDH vizite te {p.private()} deri 10.12\n", lambda: f"T1 kryer {p.private()}\n",
                              lambda: f"{p.private()}\n", lambda: f"{p.name()} {p.code()} TDH\n")())
        for path, words in ((people, ("contact", "import", people)), (people, ("school", "import", people)),
                            (people, ("calendar", "import", people)), (minutes, ("agenda", "minutes", minutes))):
            self.tell(*words)
        for word in p.now:
            (self.hunt.number if word.startswith("+") else self.hunt.plant)(word.lstrip("#"), "a file of people, or minutes")

    def look(self):
        """Everything a person can have printed."""
        gw, made = self.gw, os.path.join(self.gw.dir, "agenda.html")
        for words in (("status",), ("contact", "list"), ("case", "list"), ("alert", "list", "--all"), ("outbox", "list"),
                      ("agenda",), ("agenda", "--csv"), ("agenda", "--html", made), ("agency", "list"), ("audit",), ("audit", "--verify"),
                      ("report", "attendance"), ("report", "campaigns"), ("report", "campaigns", "--csv"),
                      ("report", "cases", "--quarter", "2026Q4"), ("report", "cases", "--quarter", "2026Q4", "--csv"),
                      ("report", "attendance", "--school", "SH1", "--csv", "--pupils"), ("key", "status"), ("case", "holds"),
                      ("broadcast", "list"), ("outbox", "list", "--state", "uncertain"), ("form", "sheet"), ("check", "--print"),
                      ("retention", "run", "--dry-run"), ("school", "list"),
                      ("calendar", "list"), ("form", "list"), ("doctor",), ("report", "attendance", "--school", "SH1", "--csv"),
                      ("case", "export", "--as", "C1"), ("agenda", "outcome"), ("ussd", "try", "--from", "T1")):
            self.tell(*words)
            self.tell("--json", *words)
        for code in self.plants.codes[:40]:
            self.tell("case", "show", code)
            self.tell("audit", code)
        pin = self.plants.pins["C1"][0]
        for words in (("case", "export", "--as", "C1"), ("--json", "case", "export", "--as", "C1")):
            self.tell(*words, typed=pin + "\n", check=True)
        for verb in self.verbs():
            self.said.append((f"control {verb}", json.dumps(gw.ask(verb))))
            self.said.append((f"control {verb}", json.dumps(gw.ask(verb, code=self.plants.code(), case=self.plants.code(), id=1, number=1,
                                                                   school="SH1", who="C1", **{"as": "C1", "class": "5A", "pin": pin}))))

    @staticmethod
    def verbs():
        """What the control socket can be asked, but for what would end the run's own people."""
        with open(os.path.join(ROOT, "gateway/hub/verbs.c"), encoding="utf-8") as f:
            found = re.findall(r'^\t\{"([a-z.]+)", \w+\},$', f.read(), re.M)
        assert len(found) > 40, found
        return [*found, "status", "nonsense"]

    def everything(self):
        """(where, bytes) of all that the gateway left and said."""
        gw = self.gw
        yield from ((name, data) for name, data in files(gw.dir, INPUTS))
        for where, text in self.said:
            yield where, text.encode()
        for i, sms in enumerate(gw.sim.sent()):
            yield f"SMS {i} to {sms['to']}", sms["text"].encode()
        for r in gw.agency.requests():
            yield f"request {r['n']} to {r['path']}", r.bytes() + b"\n" + json.dumps(r["headers"]).encode() + r["path"].encode()

    def finds(self):
        return [f for where, data in self.everything() for f in self.hunt.search(where, data)]

    def close(self):
        self.gw.close()


class Traces(unittest.TestCase):
    def test_nothing_private_is_left_anywhere(self):
        print(f"# SEED={SEED} TEXTS={TEXTS}")
        run = Run(SEED)
        self.addCleanup(run.close)
        run.start()
        run.play(TEXTS)
        run.files_of_people()
        run.look()
        run.tell("backup", check=True)
        found = run.finds()  # while it runs: the log of the database is there too
        for table in ("cases", "absences", "readings", "outbox", "audit"):
            self.assertTrue(run.gw.count(table), f"no {table}: the run proves nothing")
        self.assertFalse(os.path.exists("core"))
        self.assertEqual(run.gw.stop_hub(), 0)
        run.put_back()
        run.tell("audit", "--verify", check=True)
        found += run.finds()
        self.assertGreaterEqual(len(list(files(os.path.join(run.gw.dir, "copies")))), 2)
        if found:
            self.fail(f"SEED={SEED}: {len(found)} traces\n" + "\n".join(dict.fromkeys(found))[:20000])


class TheSearchItself(unittest.TestCase):
    """A search that finds nothing must be one that could have."""

    def setUp(self):
        self.hunt = Hunt()
        self.hunt.plant("Përmeti", "a name")
        self.hunt.plant("Hoxha", "a name")
        self.hunt.plant("Arben Hoxha", "a name")
        self.hunt.number("+355692345678", "a number")
        self.hunt.plant("739158", "a PIN", alone=True)

    def assertFound(self, data, form):
        found = self.hunt.search("here", b"\x00\x91noise" * 50 + data + b"noise" * 50)
        self.assertTrue(any(f" as {form} " in f for f in found), (data, form, found))

    def test_every_form(self):
        self.assertFound("mungese 5A arben HOXHA".encode(), "UTF-8")
        self.assertFound("permeti".encode(), "UTF-8")
        self.assertFound("Përmeti".encode(), "UTF-8")
        self.assertFound("Hoxha".encode("utf-16-le"), "UTF-16")
        self.assertFound("x Hoxha".encode("utf-16-be"), "UTF-16")
        self.assertFound(b"%48%6F%78%68%61", "percent")
        self.assertFound("P%C3%ABrmeti".encode(), "percent")
        self.assertFound(b"P\\u00ebrmeti", "JSON")
        self.assertFound(b"486f786861", "hex of UTF-8")
        self.assertFound("Hoxha".encode("utf-16-be").hex().upper().encode(), "hex of UTF-16")
        for before in ("", "a", "ab", "abc"):
            self.assertFound(base64.b64encode(f"{before}Hoxha in a longer text".encode()), "base64")
        self.assertFound(b"call 0692345678", "UTF-8")
        self.assertFound(b"+3556923456**", "UTF-8")
        self.assertFound(bytes.fromhex("536529436587"), "semi-octets")
        self.assertFound(b"pin=739158;", "UTF-8")

    def test_packed_septets_at_every_place(self):
        for before in range(8):
            text = "a" * before + "Arben Hoxha mungon sot"
            bits = sum((ord(c) & 0x7f) << (7 * i) for i, c in enumerate(text))
            octets = bits.to_bytes((7 * len(text) + 7) // 8, "little")
            self.assertFound(octets, "GSM-7")
            self.assertFound(octets.hex().encode(), "hex of GSM-7")

    def test_nothing_where_nothing_is(self):
        self.assertEqual(self.hunt.search("here", b"a739158f 0692 345 1234567 hox ha" + bytes(range(0x80, 256))), [])
        self.assertEqual(self.hunt.search("here", b"\rmsg_1lfle0006permeti2ud4tf3501\r"), [], "the letters of an id are chance")
        self.assertFound(b"msg_hoxha", "UTF-8")
        self.assertTrue(all(len(p) >= 8 for p in packed("Arben Hoxha")))
        self.assertEqual(len(list(swapped("2345678"))), 2)

    def test_what_the_gateway_left_is_searched(self):
        """What must be there is found: a case's code in the database, and the words of a reply."""
        run = Run(1)
        self.addCleanup(run.close)
        run.start()
        run.gw.sim.deliver(run.gw.number("O1"), "RAST LYP Z4 M11", time=run.at)
        run.gw.reply_to("O1")
        run.tell("case", "list")
        code = run.gw.rows("SELECT code FROM cases")[0]["code"]
        run.hunt.plant(code, "a code")
        run.hunt.plant("koordinatorin", "a word of the reply")
        run.hunt.plant("begging", "a concern")
        places = "\n".join(run.finds())
        for where in ("kujdestar.db", "case list: ", "SMS 0 to ", "request 1 to /mun: "):
            self.assertIn(where, places)
        self.assertRegex(places, r"SMS \d to \+355692000001: 'koordinatorin'")


if __name__ == "__main__":
    unittest.main()
