"""Pages as a person at an agency meets them, in a real browser: a link of an alert is opened, read and
answered; nothing is loaded from elsewhere, nothing runs that is not the page's own."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
import test_answers  # noqa: E402

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    webdriver = None


def browser():
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=400,700"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


@unittest.skipUnless(webdriver and os.path.exists("/usr/bin/chromedriver"), "no chromium-driver and python3-selenium here")
class TestPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        test_answers.TestAnswers.setUpClass()
        cls.there = test_answers.TestAnswers()
        cls.addClassCleanup(test_answers.TestAnswers.tearDownClass)
        cls.browser = browser()
        cls.addClassCleanup(cls.browser.quit)

    def url(self, data):
        path = data["link"].removeprefix("https://kujdestar.example")
        return f"http://127.0.0.1:{self.there.edge.port}{path}"

    def text(self):
        """Asked in one step: an element found first may be of the page that is being left."""
        return self.browser.execute_script("return document.body ? document.body.innerText : ''")

    def test_a_link_is_read_and_answered(self):
        data = self.there.alert()
        self.browser.get(self.url(data))
        self.assertIn(f"Sinjali {data['alert']} / Alert {data['alert']}", self.text())
        self.assertNotIn(data["case"], self.browser.page_source)
        (button,) = self.browser.find_elements(By.TAG_NAME, "button")
        # a thumb on a small screen: large enough, and nothing to scroll sideways
        self.assertGreaterEqual(button.size["height"], 44)
        self.assertFalse(self.browser.execute_script("return document.documentElement.scrollWidth > innerWidth"))
        self.assertEqual(self.there.state(data["alert"])["state"], "open")
        button.click()
        WebDriverWait(self.browser, 10).until(lambda _: "pergjigjja u ruajt" in self.text())
        self.assertEqual(self.there.state(data["alert"])["state"], "acked")
        self.assertEqual([e for e in self.browser.get_log("browser") if "favicon" not in e["message"]], [])
        # used, it is answered like one that never was
        self.browser.get(self.url(data))
        self.assertEqual(self.browser.find_elements(By.TAG_NAME, "button"), [])
        self.assertIn("nuk vlen", self.text())

    def test_a_referral_has_two_buttons(self):
        data = self.there.referral()
        self.browser.get(self.url(data))
        buttons = self.browser.find_elements(By.TAG_NAME, "button")
        self.assertEqual([b.text for b in buttons], ["Pranoj / Accept", "Refuzoj / Decline"])
        for b in buttons:
            self.assertGreaterEqual(b.size["height"], 44)
        # far enough apart for a thumb
        first, second = (b.rect for b in buttons)
        apart = max(second["x"] - first["x"] - first["width"], second["y"] - first["y"] - first["height"])
        self.assertGreaterEqual(apart, 8)
        self.assertFalse(self.browser.execute_script("return document.documentElement.scrollWidth > innerWidth"))
        self.assertNotIn(data["case"], self.browser.page_source)
        buttons[0].click()
        WebDriverWait(self.browser, 10).until(lambda _: "pergjigjja u ruajt" in self.text())
        number = int(data["referral"].lstrip("R"))
        self.assertEqual(self.there.gw.rows(f"SELECT state FROM referrals WHERE number = {number}"), [{"state": "accepted"}])

    def test_a_link_that_is_none(self):
        self.browser.get(self.url({"link": "https://kujdestar.example/a/" + "a" * 32}))
        self.assertIn("nuk vlen", self.text())


if __name__ == "__main__":
    unittest.main()
