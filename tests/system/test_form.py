"""`kujdestar form`: what it prints, its JSON and its exit statuses, on the real binary."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from simmodem import ROOT, default_build

CONFIG_DIR = os.path.join(ROOT, "config")
BAD = """forms = (
	{ name = "water"; keywords = [ "uje" ]; roles = [ "teacher" ];
	  fields = ( { name = "note"; type = "text"; }, { name = "days"; type = "integer"; required = true; } ); }
);
"""
# The second keyword begins with the first, which is found before it: its example cannot read back.
SHADOWED = """forms = (
	{ name = "one"; keywords = [ "uje" ]; roles = [ "teacher" ];
	  fields = ( { name = "n"; type = "integer"; min = 0; max = 9; required = true; } ); },
	{ name = "two"; keywords = [ "uje tjeter" ]; roles = [ "teacher" ];
	  fields = ( { name = "n"; type = "integer"; min = 0; max = 9; required = true; } ); }
);
"""


class Form(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kujdestar-form-")
        self.cfg = os.path.join(CONFIG_DIR, "demo.cfg")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def forms(self, text):
        """The demonstration's configuration with these forms instead of its own."""
        with open(self.cfg, encoding="utf-8") as f:
            whole = f.read()
        whole = re.sub(r'"((?:demo_)?[a-z_]+\.(?:cfg|csv))"',
                       lambda m: json.dumps(os.path.join(CONFIG_DIR, m.group(1))), whole)
        self.cfg = os.path.join(self.dir, "test.cfg")
        with open(self.cfg, "w", encoding="utf-8") as f:
            f.write(re.sub(r"forms = \(.*", lambda m: text, whole, flags=re.S))

    def run_it(self, *words, status=0):
        argv = [os.path.join(default_build(), "kujdestar"), "--config", self.cfg, *words]
        p = subprocess.run(argv, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(p.returncode, status, p.stdout + p.stderr)
        return p

    def test_list(self):
        out = self.run_it("form", "list").stdout
        for piece in ("absence (built in) teacher head\n", "form:water (configured) teacher head\n",
                      "  sq: mungese", "ok=mire,ok", "0 to 60"):
            self.assertIn(piece, out)
        self.assertEqual([line for line in out.splitlines() if len(line) > 80], [])
        self.assertNotIn("  sq:", self.run_it("form", "list", "--lang", "en", "absence").stdout)

    def test_list_as_json(self):
        forms = {f["name"]: f for f in json.loads(self.run_it("--json", "form", "list").stdout)["forms"]}
        self.assertIn("absent", forms["absence"]["keywords"]["en"])
        self.assertIn("mungese", forms["absence"]["keywords"]["sq"])
        self.assertEqual(forms["merge"]["roles"], ["coordinator"])
        water = forms["form:water"]
        self.assertFalse(water["built_in"])
        self.assertEqual([f["name"] for f in water["fields"]], ["school", "state", "days"])
        self.assertEqual(water["fields"][1]["choices"][1], {"code": "none", "aliases": ["ska", "none"]})
        self.assertEqual((water["fields"][2]["min"], water["fields"][2]["max"]), (0, 60))

    def test_the_demonstrations_forms_are_well(self):
        self.assertIn("forms OK", self.run_it("form", "check").stdout)
        self.assertEqual(json.loads(self.run_it("--json", "form", "check").stdout)["findings"], [])

    def test_findings(self):
        self.forms(BAD)
        out = self.run_it("form", "check", status=65).stdout
        for piece in ("test.cfg/water: note: a free text", "test.cfg/water: days: has no range",
                      "test.cfg/water: days: is required but stands after note"):
            self.assertIn(piece, out)
        found = json.loads(self.run_it("form", "check", "--json", "water", status=65).stdout)["findings"]
        self.assertEqual({f["field"] for f in found}, {"note", "days"})
        self.run_it("form", "check", "absence")

    def test_every_example_reads_to_its_form(self):
        for lang in ("sq", "en"):
            sheet = json.loads(self.run_it("form", "sheet", "--lang", lang, "--json").stdout)
            self.assertEqual(sheet["language"], lang)
            roles = {r["role"]: {f["form"]: f["example"] for f in r["forms"]} for r in sheet["roles"]}
            self.assertEqual(roles["coordinator"].keys() & {"absence", "merge"}, {"merge"})
            # by another way: the parse command, as a teacher and as a coordinator of the roster
            for role, who, form in (("teacher", "T1", "absence"), ("teacher", "T1", "form:water"),
                                    ("head", "H1", "campaign"), ("coordinator", "C1", "task_new"),
                                    ("agency", "AG1", "referral_accept")):
                out = self.run_it("parse", "--from", who, roles[role][form]).stdout
                self.assertRegex(out, rf"(?m)^intent +{form}$")
                self.assertNotRegex(out, r"(?m)^error")

    def test_the_sheet_is_printed_80_wide(self):
        out = self.run_it("form", "sheet").stdout
        self.assertEqual([line for line in out.splitlines() if len(line) > 80], [])
        self.assertEqual(re.findall(r"^[A-Z][A-Z ]+$", out, re.M),
                         ["MESUES", "DREJTOR", "PUNONJES TERRENI", "KOORDINATOR", "KUJDESTAR I TURNIT", "AGJENCI",
                          "KUSHDO"])
        self.assertIn("    p.sh. UJE SH1 mire 3\n", out)
        one = self.run_it("form", "sheet", "--lang", "en", "water").stdout
        self.assertEqual(one.count("e.g."), 2)

    def test_an_example_that_does_not_read(self):
        self.forms(SHADOWED)
        p = self.run_it("form", "sheet", status=70)
        self.assertRegex(p.stderr, r"form:two as teacher: .*form:one")
        self.assertEqual(p.stdout, "")

    def test_wrong_command_lines(self):
        for words in ((), ("what",), ("list", "--lang", "de"), ("list", "a", "b"), ("sheet", "--lang")):
            self.assertIn("usage", self.run_it("form", *words, status=64).stderr)
        self.assertIn("no form", self.run_it("form", "list", "nothing", status=65).stderr)
        self.cfg = os.path.join(self.dir, "none.cfg")
        self.run_it("form", "list", status=78)


if __name__ == "__main__":
    unittest.main()
