#!/usr/bin/env python3
"""The demonstration: a school week of texts through the real gateway, seen from outside.

A simulated modem (spoken to by the real libgammu) and a simulated agency stand in for the network and
the municipality.  For each text it shows what came in, what was read, the rows it left, the reply on
the phone, the alerts and who received them.  With --once it ends by itself; exit status 0 when all
that was expected happened.
"""
import argparse
import json
import os
import shutil
import signal
import sys
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "system"))
from gateway import Gateway, verify  # noqa: E402
from simmodem import ROOT, default_build, wait_for  # noqa: E402

ZONE = ZoneInfo("Europe/Tirane")
SCALE = 7200          # seconds a second: a school week in about a minute
START = "2026-11-16T07:30"
WAIT = 30

BOLD, DIM, RED, GREEN, BLUE, OFF = ("\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[34m", "\033[0m") \
    if sys.stdout.isatty() else ("",) * 6

LONG = ("Pershendetje, mungese 5B 3 pa arsye, 8 me arsye, 9 pa arsye, 11 pa arsye, 14 me arsye, 15 pa arsye, "
        "16 me arsye, 18 me arsye, 21 pa arsye, 22 me arsye, 24 pa arsye, 25 me arsye, faleminderit")

# (day and hour, who, text, how it comes, what must follow)
WEEK = [
    ("16T08:05", "T1", "MUNGESE 5A 12 17", {}, dict(intent="absence", absences=[12, 17], reply="12,17")),
    ("16T08:10", "T1", "5B 0", {}, dict(intent="all_present", absences=[])),
    ("16T08:20", "T2", "Mungesë 5/1 3", {}, dict(intent="absence", absences=[3], alphabet="ucs2")),
    ("16T09:30", "O1", "RAST LYP Z4 M11", {}, dict(intent="case_new", cases=1, alerts=["C2"], told=["C1"],
                                                  agencies=["MUN"], reply="E26-")),
    ("16T10:00", "C1", "OK {alert}", {}, dict(intent="ack", acked=True)),
    ("16T11:00", "+355697777777", "dua te raportoj nje femije qe lyp", {},
     dict(intent="public_tip", cases=0, reply="116111")),
    ("17T08:05", "T1", "mungese 5A 12", {}, dict(intent="absence", absences=[12], alerts=[])),
    ("17T08:15", "T1", LONG, {"order": "2,1"}, dict(intent="absence", absences=[3, 8, 9, 11, 14, 15, 16, 18, 21, 22,
                                                                              24, 25], segments=2)),
    ("17T08:30", "T1", "MUNGESE 5A 99", {}, dict(intent="absence", error="pupil_out_of_range", absences=[],
                                                reply="28")),
    ("17T09:00", "T3", "mungese VIB 3", {}, dict(intent="absence", absences=[3])),
    ("18T08:05", "T1", "mungese 5A 12", {}, dict(intent="absence", absences=[12], alerts=["A1"], told=["H1", "T1"])),
    ("18T08:20", "T1", "mungese 6A 4", {"dup": "1"}, dict(intent="absence", absences=[4])),
    ("18T08:25", "T1", "ANULO", {}, dict(intent="undo")),
    ("18T10:00", "O1", "RAST LYP", {}, dict(intent="case_new", cases=1, reply="Z4", fault="answer 503 count=1")),
    ("18T10:05", "O1", "Z7", {}, dict(intent="case_amend")),
    ("19T08:05", "T1", "mungese 5A nr 12 eshte ne greqi me familjen", {},
     dict(intent="absence", absences=[12], alerts=["A5"], agencies=["MUN"])),
    ("19T08:15", "T1", "Mungese 5A Filan Fisteku", {}, dict(intent="absence", error="names_not_allowed", absences=[],
                                                           reply="emra", gone=["Filan", "Fisteku"])),
    ("19T22:40", "O1", "RAST DRO Z2 M15 URGJENT", {}, dict(intent="case_new", cases=1, alerts=["C1"], told=["D1"],
                                                          agencies=["MUN", "POLICE"], reply="129", escalates=True)),
    ("19T23:40", "D1", "OK {alert}", {}, dict(intent="ack", acked=True)),
    ("20T08:05", "T1", "mungese 5A 12", {}, dict(intent="absence", absences=[12], alerts=["A2"], told=["C1"])),
    ("20T08:30", "T1", "NDIHME", {}, dict(intent="help", reply="116111")),
    ("20T08:40", "T1", "Faleminderit shume", {}, dict(intent="ignore", silent=True)),
]


class Demo:
    def __init__(self, gw):
        self.gw = gw
        self.faults = []
        self.alert = None
        self.shown_requests = 0
        self.escalating = None

    def fault(self, words):
        self.faults.append(words)
        print(f"      {RED}EXPECTED OTHERWISE: {words}{OFF}", flush=True)

    def need(self, ok, words):
        if not ok:
            self.fault(words)

    # ---- time ----

    def wait_until(self, when):
        """Plays on until the gateway's clock reads when; shows what happens by itself meanwhile."""
        at = datetime.fromisoformat("2026-11-" + when).replace(tzinfo=ZONE)
        stamp = int(at.timestamp())
        wait_for(lambda: self.gw.status()["now"] >= stamp, 120, f"{when} on the gateway's clock")
        return at

    # ---- one text ----

    def play(self, when, who, text, how, expect):
        gw = self.gw
        at = self.wait_until(when)
        self.show_escalation()
        if expect.get("fault"):
            gw.agency.ctl(expect["fault"])
            print(f"{DIM}      (the municipality's server answers 503 once){OFF}")
        text = text.replace("{alert}", str(self.alert))
        sent_before = len(gw.sim.sent())
        last = gw.rows("SELECT coalesce(max(id), 0) AS id FROM messages")[0]["id"]
        parts = gw.text(who, text, time=int(at.timestamp()), zone=3600, **how)
        message = wait_for(lambda: gw.rows("SELECT * FROM messages WHERE id > ? AND state NOT IN "
                                           "('waiting', 'ready')", last), WAIT, f"{text!r} read")[0]
        gw.settled()
        role = gw.roster[who]["role"] if who in gw.roster else "unknown number"
        note = f", {parts} segments" + (", out of order" if "order" in how else "") if parts > 1 else ""
        print(f"\n{BOLD}{at:%a %d.%m %H:%M}  {who} ({role}{note}){OFF}  {text}")
        self.show_reading(message, expect)
        self.show_rows(message, expect)
        self.show_alerts(message, expect, gw.sim.sent()[sent_before:], who)
        if expect.get("segments"):
            self.need(parts == expect["segments"], f"{parts} segments, not {expect['segments']}")

    def show_reading(self, message, expect):
        got = self.gw.rows("SELECT intent, error, about, keys FROM readings WHERE message = ?", message["id"])
        self.need(len(got) == 1, f"{len(got)} readings")
        for r in got:
            said = ", ".join(f"{k}={json.dumps(v, ensure_ascii=False) if not isinstance(v, str) else v}"
                             for k, v in sorted(json.loads(r["keys"] or "{}").items())
                             if k not in ("intent", "error"))
            error = f" {RED}{r['error']}{OFF}" if r["error"] else ""
            print(f"      read     {r['intent']}{error}  {DIM}{said}{OFF}")
            self.need(r["intent"] == expect["intent"], f"intent {r['intent']}, not {expect['intent']}")
            self.need((r["error"] or None) == expect.get("error"), f"error {r['error']!r}")

    def show_rows(self, message, expect):
        gw = self.gw
        days = gw.rows("SELECT * FROM class_days WHERE message = ? AND state = 'stands'", message["id"])
        absent = gw.rows("SELECT a.*, d.school, d.class_name, d.day FROM absences a JOIN class_days d ON "
                         "d.id = a.class_day WHERE a.message = ? AND a.state = 'stands' ORDER BY pupil", message["id"])
        cases = gw.rows("SELECT * FROM cases WHERE message = ?", message["id"])
        for d in days:
            print(f"      row      class-day {d['school']} {d['class_name']} {d['day']} reported")
        for a in absent:
            extra = " ".join(x for x in (a["category"], a["reason"], a["country"]) if x)
            print(f"      row      absence {a['school']} {a['class_name']} {a['day']} nr {a['pupil']} ({extra})")
        for c in cases:
            facts = " ".join(str(x) for x in (c["concerns"], c["zone"], c["sex"], c["age"] if c["age"] >= 0 else "",
                                              "urgent" if c["urgent"] else "",
                                              f"missing: {c['missing']}" if c["missing"] else "") if x != "")
            print(f"      row      case {c['code']} {c['state']}: {facts}")
        if message["state"] == "queued":
            print(f"      row      kept for a person to look at ({message['reason']})")
        if "absences" in expect:
            got = sorted(a["pupil"] for a in absent)
            self.need(got == expect["absences"], f"absences {got}, not {expect['absences']}")
        if "cases" in expect:
            self.need(len(cases) == expect["cases"], f"{len(cases)} cases, not {expect['cases']}")
        for word in expect.get("gone", ()):
            for name in ("kujdestar.db", "kujdestar.db-wal", "keyring.db", "log"):
                path = os.path.join(gw.dir, name)
                if os.path.exists(path):
                    with open(path, "rb") as f:
                        self.need(word.encode() not in f.read(), f"{word!r} stands in {name}")

    def name_of(self, number):
        return next((i for i, r in self.gw.roster.items() if r["msisdn"] == number), number)

    def show_alerts(self, message, expect, sent, who):
        gw = self.gw
        replies = [m["text"] for m in sent if m["to"] == gw.number(who)]
        raised = gw.rows("SELECT * FROM alerts WHERE message = ? ORDER BY number", message["id"])
        told = set()
        for m in sent:
            own = m["to"] == gw.number(who) and m["text"] == replies[0]
            to = self.name_of(m["to"])
            if not own:
                told.add(to)
            print(f"      {'reply  ' if own else 'sms    '}  {GREEN if own else BLUE}{to}: {m['text']}{OFF}"
                  f"{DIM} ({m['parts']} segment{'s' if m['parts'] > 1 else ''}){OFF}")
        for a in raised:
            print(f"      alert    {BOLD}{a['number']}{OFF} {a['rule']} {a['subject']} ({a['state']})")
            self.alert = a["number"]
        agencies = self.show_requests()
        rules = [a["rule"] for a in raised]
        if expect.get("silent"):
            self.need(not sent, "something was sent")
        else:
            self.need(replies, "no reply")
        if expect.get("reply"):
            self.need(any(expect["reply"] in r for r in replies), f"{expect['reply']!r} is in no reply")
        if "alerts" in expect:
            self.need(rules == expect["alerts"], f"alerts {rules}, not {expect['alerts']}")
        if "told" in expect:
            # the sender's own alert (a teacher told of a streak) is a second text to him
            extra = {self.name_of(m["to"]) for m in sent if m["to"] == gw.number(who) and m["text"] != replies[0]}
            got = sorted(told | extra)
            self.need(got == expect["told"], f"told {got}, not {expect['told']}")
        if "agencies" in expect:
            self.need(agencies == expect["agencies"], f"agencies told {agencies}, not {expect['agencies']}")
        if expect.get("acked"):
            self.need(gw.rows("SELECT state FROM alerts WHERE number = ?", self.alert)[0]["state"] == "acked",
                      "the alert is not acknowledged")
        if expect.get("escalates"):
            self.escalating = (self.alert, len(gw.sim.sent()))

    def show_escalation(self):
        """What the gateway did by itself since an urgent alert that nobody answered."""
        if not self.escalating:
            return
        number, sent = self.escalating
        self.escalating = None
        self.gw.settled()
        steps = self.gw.rows("SELECT reporter, step FROM alert_told WHERE alert = ? AND step > 0 ORDER BY step, "
                             "reporter", number)
        print(f"\n{BOLD}      nobody answered alert {number}:{OFF}")
        for m in self.gw.sim.sent()[sent:]:
            print(f"      sms      {BLUE}{self.name_of(m['to'])}: {m['text']}{OFF}")
        self.show_requests()
        self.need(steps, f"alert {number} was not escalated")

    def show_requests(self):
        requests = self.gw.agency.requests()[self.shown_requests:]
        self.shown_requests += len(requests)
        agencies = []
        for r in requests:
            code = r["path"].strip("/").split("/")[0].upper()
            try:
                verify(r, self.gw.secrets[code])
                signed = "signature verified"
            except AssertionError as e:
                signed = str(e)
                self.fault(f"{code}: {e}")
            body = r.json()
            print(f"      agency   {BLUE}{code} got {body['type']}{OFF} {json.dumps(body['data'], sort_keys=True)}"
                  f"{DIM} {r.header('webhook-id')[:14]}.. {signed}, answered {r['status']}{OFF}")
            if code not in agencies:
                agencies.append(code)
        return sorted(agencies)

    # ---- the week ----

    def week(self):
        for entry in WEEK:
            self.play(*entry)
        self.wait_until("20T09:30")
        self.gw.settled()
        self.summary()

    def summary(self):
        gw = self.gw
        print(f"\n{BOLD}The week{OFF}")
        for table, words, where in (
                ("messages", "texts", "1"), ("class_days", "class-days reported", "state = 'stands'"),
                ("absences", "absences", "state = 'stands'"), ("cases", "cases", "1"), ("alerts", "alerts", "1"),
                ("outbox", "SMS sent", "leg = 'sms' AND state IN ('sent', 'delivered')"),
                ("outbox", "deliveries to agencies", "leg = 'http' AND state = 'delivered'"),
                ("audit", "audit rows", "1")):
            print(f"      {gw.count(table, where):5} {words}")
        # Every text was kept, and only once: the one the network delivered twice too.
        self.need(gw.count("messages") == len(WEEK), f"{gw.count('messages')} texts kept of {len(WEEK)}")
        owed = gw.rows("SELECT id, leg, state, reason FROM outbox WHERE state NOT IN ('sent', 'delivered')")
        self.need(not owed, f"not sent: {owed}")
        ids = [r.header("webhook-id") for r in gw.agency.requests() if r["status"] // 100 == 2]
        self.need(len(ids) == len(set(ids)), "an alert was delivered twice")


def free_directory():
    directory = os.path.join(ROOT, "build", "demo")  # as config/demo.cfg says
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory, mode=0o700)
    return directory


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--once", action="store_true", help="end after the week, with an exit status")
    a = ap.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = free_directory()
    try:
        gw = Gateway.demonstration(default_build(), directory)
    except RuntimeError as e:
        print(f"The demonstration cannot start: {e}.  Its agency listens where config/demo.cfg says; is that port "
              "of loopback taken by another program, or another demonstration?", file=sys.stderr)
        return 69
    with gw:
        gw.init().run("--start-at", START, "--time-scale", SCALE)
        print(f"{BOLD}Kujdestar{OFF}: one gateway, a simulated modem at {gw.sim.device},\n"
              f"an agency at {gw.agency.url()}; its clock starts at {START} and runs {SCALE} times as fast.")
        demo = Demo(gw)
        try:
            demo.week()
        except (TimeoutError, AssertionError) as e:
            demo.fault(f"{type(e).__name__}: {e}")
            print(gw.log()[-3000:])
        if demo.faults:
            print(f"\n{RED}{len(demo.faults)} things were not as expected:{OFF}")
            for words in demo.faults:
                print("  " + words)
        else:
            print(f"\n{GREEN}All of it was as expected.{OFF}")
        if not a.once:
            cfg = os.path.relpath(gw.cfg)
            exe = os.path.relpath(os.path.join(gw.build, "kujdestar"))
            print(f"\nThe gateway stays up until Ctrl-C.  Try, in another terminal:\n"
                  f"  {exe} --config {cfg} status\n"
                  f"  {exe} --config {cfg} case list\n"
                  f"  {exe} --config {cfg} send --as T1 'mungese 5A 3 8'\n"
                  f"  {os.path.relpath(os.path.join(gw.build, 'sim-modem'))} --ctl {gw.sim.control} "
                  f"deliver from=+355691000001 'text=mungese 5A 3 8'", flush=True)
            try:
                gw.hub.wait()
            except KeyboardInterrupt:
                print()
        return 1 if demo.faults else 0


if __name__ == "__main__":
    sys.exit(main())
