"""What a stranger to the machine could not read but a dump of its memory would show: the master key lies in the hub's
locked pages and nowhere else; PINs and texts are gone from every process once they were dealt with; no process
leaves a core file.  Read as root from /proc/PID (memory.py).
"""
import os
import re
import unittest

from edge import Edge
from gateway import no_guards
from memory import holds, regions, status
from simmodem import built_plain
from traces import Hunt

PIN, SECOND, WORD = "482913", "917304", "qershizeza"


@unittest.skipUnless(built_plain(), "a tool that looks inside keeps what was freed, and locks no page")
@unittest.skipUnless(os.geteuid() == 0, "only root may look into the memory of others")
class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gw = gw = cls.enterClassContext(Edge(edit=no_guards)).gw
        gw.secret("pin", "O1", PIN, SECOND)
        cls.hunt = Hunt()
        for pin in (PIN, SECOND):
            cls.hunt.plant(pin, "a PIN", alone=True)
        cls.hunt.plant(WORD, "a text")
        with open(os.path.join(gw.dir, "master.key"), encoding="ascii") as f:
            cls.key = bytes.fromhex(f.read().strip())
        gw.text("O1", f"RAST LYP Z4 M11 prane {WORD}")
        code = re.search(r"E\d\d-\d{4}-\w", gw.reply_to("O1")).group()
        cls.handed = Hunt()
        cls.handed.plant(code, "a code of a case, as deliveries hold it")
        for pin in (PIN, SECOND):
            gw.text("O1", f"PIN {pin} STATUS {code}")
            gw.settled()
        for pupil in range(10, 16):
            gw.text("T1", f"MUNGESE 5A {pupil}")
            gw.settled()
        cls.pids = {w["name"]: w["pid"] for w in gw.status()["workers"]}
        cls.pids["hub"] = gw.hub.pid
        with open(f"/proc/{gw.hub.pid}/task/{gw.hub.pid}/children", encoding="ascii") as f:
            cls.pids["starter"] = next(n for n in map(int, f.read().split()) if n not in cls.pids.values())

    def test_pins_and_texts_are_gone(self):
        for name, pid in self.pids.items():
            with self.subTest(process=name):
                self.assertEqual(holds(pid, self.hunt), [])

    def test_what_was_delivered_is_gone_from_the_courier(self):
        self.assertEqual(holds(self.pids["courier"], self.handed), [])

    def test_the_master_key_lies_in_locked_pages_of_the_hub(self):
        for name, pid in self.pids.items():
            with self.subTest(process=name):
                found = [r for r in regions(pid) if self.key in r.data or self.key.hex().encode() in r.data.lower()]
                if name == "hub":
                    self.assertTrue(found and all(r.locked for r in found), [(r.name, r.locked) for r in found])
                else:
                    self.assertEqual(found, [])

    def test_no_core_file(self):
        for name, pid in self.pids.items():
            with open(f"/proc/{pid}/limits", encoding="ascii") as f:
                self.assertRegex(f.read(), r"Max core file size +0 +0 ", name)
        self.assertNotEqual(status(self.pids["hub"])["VmLck"].split()[0], "0")


class TheLookItself(unittest.TestCase):
    @unittest.skipUnless(built_plain(), "a tool that looks inside keeps what was freed, and locks no page")
    @unittest.skipUnless(os.geteuid() == 0, "only root may look into the memory of others")
    def test_what_is_there_is_found(self):
        hunt, here = Hunt(), "".join(["zamb", "akeblu"])
        hunt.plant(here, "this process")
        self.assertTrue(any("UTF-8" in line for line in holds(os.getpid(), hunt)))


if __name__ == "__main__":
    unittest.main()
