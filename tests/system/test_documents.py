"""What SECURITY.md names as a test is one: each file is there, and each function in a file it names with it."""
import os
import re
import unittest

from simmodem import ROOT


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def named(text):
    """Words in back quotes that name a test: files below tests/, and functions."""
    words = re.findall(r"`([^`\s]+)`", text)
    return [w for w in words if w.startswith("tests/")], [w for w in words if re.fullmatch(r"(test_|fuzz_)\w+", w)]


class Security(unittest.TestCase):
    def setUp(self):
        self.text = read("SECURITY.md")
        self.files, self.functions = named(self.text)

    def test_files_are_there(self):
        self.assertGreater(len(self.files), 10)
        for name in self.files:
            self.assertTrue(os.path.exists(os.path.join(ROOT, name)), f"SECURITY.md names {name}")

    def test_functions_are_there(self):
        self.assertGreater(len(self.functions), 20)
        words = set()
        for folder in ("unit", "component", "system", "fuzz"):
            for name in os.listdir(os.path.join(ROOT, "tests", folder)):
                if name.endswith((".c", ".py")):
                    words.add(name.rsplit(".", 1)[0])
                    words.update(re.findall(r"\w+", read("tests", folder, name)))
        for name in self.functions:
            self.assertIn(name, words, "named by SECURITY.md")

    def test_every_fuzz_target_is_told_of(self):
        for name in os.listdir(os.path.join(ROOT, "tests", "fuzz")):
            if name.startswith("fuzz_"):
                self.assertIn(f"`{name[:-2]}`", self.text)

    def test_a_name_that_is_none_would_be_found(self):
        files, functions = named("see `tests/system/test_nothing.py`, `test_no_such_thing` and `make test`")
        self.assertEqual((files, functions), (["tests/system/test_nothing.py"], ["test_no_such_thing"]))
        self.assertFalse(os.path.exists(os.path.join(ROOT, files[0])))


if __name__ == "__main__":
    unittest.main()
