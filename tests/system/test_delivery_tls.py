"""Who an agency must prove to be, and who we prove to be to it: certificates of deliveries.

Ten agencies, each with a server of its own; what each is told and what its server saw."""
import json
import os
import re
import shutil
import tempfile
import unittest

from faulty import Authority, pin_of, server
from gateway import CONFIG_DIR, Gateway, no_guards
from simmodem import wait_for

SECRET = "whsec_a3VqZGVzdGFyIGRlbW9uc3RyYXRpb24sIG5vIGtleSE="


class Certificates(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kujdestar-tls-")
        self.addCleanup(shutil.rmtree, self.dir, True)
        self.ours, self.strange = Authority(self.dir, "ours"), Authority(self.dir, "strange")
        self.good = self.ours.sign("good")
        self.client, self.stranger = self.ours.sign("client"), self.strange.sign("client")

    def rows(self):
        """code: server's certificate, authority its clients need, settings of the agency, words of the failure."""
        ca = f'ca_file = "{self.ours.cert}";'

        def we_are(pair):
            return f' client_cert = "{pair[0]}"; client_key = "{pair[1]}";'

        return {
            "MUN": (self.good, None, ca, None),
            "SSS": (self.strange.sign("good"), None, ca, "tls"),
            "POLICE": (self.ours.sign("old", start="20240101000000Z", end="20250101000000Z"), None, ca, "tls"),
            "NPF": (self.ours.sign("young", start="20480101000000Z"), None, ca, "tls"),
            "EDU": (self.ours.sign("other", alt="DNS:other.example"), None, ca, "tls"),
            "TDH": (self.good, None, ca + f' pin = "{pin_of(self.good[0])}";', None),
            "TV": (self.good, None, ca + f' pin = "{pin_of(self.client[0])}";', "tls"),
            "HOPE": (self.good, self.ours.cert, ca + we_are(self.client), None),
            "WOMEN": (self.good, self.ours.cert, ca + we_are(self.stranger), "tls"),
            "EMPLOY": (self.good, self.ours.cert, ca, "tls"),
        }

    def edit(self, text):
        agencies = ",\n".join(f'{{ code = "{code}"; url = "{self.there[code].url}/in"; allow_private = "127.0.0.0/8"; secret = "{SECRET}"; {more} }}'
                              for code, (_, _, more, _) in self.table.items())
        text, n = re.subn(r"agencies = \(.*?\n\);", lambda m: f"agencies = (\n{agencies}\n);", text, count=1, flags=re.S)
        assert n == 1
        with open(os.path.join(CONFIG_DIR, "mandates.cfg"), encoding="utf-8") as f:
            table = re.sub(r'\{ rule = "M21".*?\},\n', "", f.read(), flags=re.S)  # SSS has a row of ours
        more = "".join(f'{{ rule = "X{n}"; event = "case.new"; agency = "{code}"; basis = "test"; keys = [ "alert" ]; }},\n'
                       for n, code in enumerate(self.table) if code != "MUN")
        mandates = os.path.join(self.dir, "mandates.cfg")
        with open(mandates, "w", encoding="utf-8") as f:
            f.write(table.replace("mandates = (", "mandates = (\n" + more, 1))
        return no_guards(re.sub(r'mandates = "[^"]+"', f"mandates = {json.dumps(mandates)}", text))

    def test_each(self):
        self.table = self.rows()
        self.there = {code: server(pair, client_ca) for code, (pair, client_ca, _, _) in self.table.items()}
        for one in self.there.values():
            self.addCleanup(one.__exit__)
        with Gateway(edit=self.edit) as gw:
            gw.init().run()
            gw.text("O1", "RAST LYP Z4 M11")
            wait_for(lambda: gw.count("outbox", "leg = 'http' AND attempts > 0 AND state <> 'inflight'") == len(self.table),
                     30, "a try of each")
            tried = {r["agency"]: r for r in gw.rows("SELECT * FROM outbox WHERE leg = 'http'")}
            for code, (_, _, _, words) in self.table.items():
                with self.subTest(code):
                    row = tried[code]
                    if not words:
                        self.assertEqual(row["state"], "delivered", row["reason"])
                        self.assertEqual(len(self.there[code].requests), 1)
                        continue
                    self.assertEqual(row["state"], "queued", row["reason"])
                    self.assertRegex(row["reason"], rf"^deferred [456]s {words}$")
                    self.assertEqual(self.there[code].requests, [], "it was told all the same")
            said = {code: gw.command("agency", "test", code, check=False).stdout for code in self.table}
        for code in ("MUN", "TDH", "HOPE"):
            self.assertIn("it answers, and lets us in", said[code])
        for code in ("SSS", "POLICE", "NPF", "EDU"):
            self.assertIn("its certificate does not verify", said[code])
        self.assertIn("pin", said["TV"])
        for code in ("WOMEN", "EMPLOY"):
            self.assertIn("client_cert", said[code])
        for code, words in said.items():
            self.assertNotIn("PRIVATE", words, code)


if __name__ == "__main__":
    unittest.main()
