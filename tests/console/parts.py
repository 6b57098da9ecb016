"""A runtime and a browser that looks at its console; nothing else of the machine's is used."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.request

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

PATIENCE = 40

SETTINGS = """
[http]
listen = 127.0.0.1:{port}
[pipeline.orders]
stages = check, ship
[stage.orders.check]
handler = exec-once:{folder}/check
max_attempts = 2
backoff_base = 10ms
backoff_cap = 10ms
[stage.orders.ship]
handler = sleep:1ms
[pipeline.slow]
stages = nap
[stage.slow.nap]
handler = sleep:1h
[schedule.nightly]
pipeline = orders
cron = 0 3 * * *
payload = {{"order": 0}}
[tenant.acme]
concurrency_limit = 3
[runtime]
lease = 3s
"""

CHECK = """#!/bin/sh
case "$(cat)" in *bad*) echo 'the order is bad' >&2; exit 1 ;; esac
echo '{"ok": true}'
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Fault(Exception):
    pass


def wait_for(what, find):
    """The first true answer of find()."""
    until = time.monotonic() + PATIENCE
    last = None
    while time.monotonic() < until:
        try:
            found = find()
            if found:
                return found
        except Exception as failure:  # An element that is drawn again.
            last = failure
        time.sleep(0.05)
    raise Fault(f"in {PATIENCE} s there is no: {what} ({last})")


class Runtime:
    def __init__(self, build, folder, database, port):
        self.folder = pathlib.Path(folder)
        self.build = build
        self.database = database
        self.millrace = pathlib.Path(build) / "millrace"
        self.port = port
        self.data = self.folder / f"data-{port}"
        check = self.folder / "check"
        check.write_text(CHECK)
        check.chmod(0o755)
        self.ini = self.folder / f"millrace-{port}.ini"
        self.ini.write_text(SETTINGS.format(port=port, folder=self.folder))
        self.environment = os.environ | {
            "HOME": str(self.folder), "MILLRACE_RUNTIME__DATA_DIR": str(self.data)}
        if database:
            self.environment |= {"MILLRACE_STORAGE__URL": database, "MILLRACE_STORAGE__SCHEMA": f"console_{os.getpid()}"}
        self.process = None

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def start(self):
        self.log = open(self.folder / f"log-{self.port}", "ab")
        self.process = subprocess.Popen([self.millrace, "run", "--config", self.ini], env=self.environment,
                                        stdout=self.log, stderr=self.log)
        wait_for("answer of /readyz", lambda: self.call("GET", "/readyz") is not None)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def command(self, *words):
        done = subprocess.run([self.millrace, *words, "--config", self.ini], env=self.environment,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Fault(f"{words}: {done.stderr}")
        return done.stdout.strip()

    def call(self, method, path, document=None):
        token = (self.data / "owner.token").read_text().strip()
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method,
                                       data=None if document is None else json.dumps(document).encode(),
                                       headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text.startswith((b"{", b"[")) else text

    def submit(self, payload, pipeline="orders", **members):
        return self.call("POST", f"/v1/jobs?pipeline={pipeline}", {"payload": payload, **members})["job_id"]

    def state(self, job):
        return self.call("GET", f"/v1/jobs/{job}")["state"]


class Page:
    def __init__(self, browser, runtime, pictures, axe):
        self.browser = browser
        self.runtime = runtime
        self.pictures = pictures
        self.axe = axe

    def open(self, place):
        self.browser.execute_script("location.hash = arguments[0]", place)

    def text(self):
        return self.browser.find_element(By.TAG_NAME, "body").text

    def see(self, text):
        wait_for(f"text `{text}` on {self.browser.current_url}", lambda: text in self.text())

    def click(self, text, within="main"):
        """The button or link of that text, once."""
        def one():
            for at in self.browser.find_elements(By.CSS_SELECTOR, f"{within} button, {within} a, {within} summary"):
                if at.text == text and at.is_displayed():
                    at.click()
                    return True
            return False
        wait_for(f"button {text}", one)

    def press(self, selector):
        def one():
            self.browser.find_element(By.CSS_SELECTOR, selector).click()
            return True
        wait_for(selector, one)

    def field(self, selector, value):
        at = wait_for(selector, lambda: self.browser.find_element(By.CSS_SELECTOR, selector))
        at.clear()
        at.send_keys(value)
        return at

    def answer(self, button):
        wait_for("dialog", lambda: self.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))
        self.click(button, "dialog")
        wait_for("end of the dialog", lambda: not self.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))

    def key(self, key):
        self.browser.find_element(By.TAG_NAME, "body").send_keys(key)

    def picture(self, name):
        if self.pictures:
            self.browser.save_screenshot(str(pathlib.Path(self.pictures) / f"{name}.png"))

    def check(self, name):
        """No fault of the page's scripts, and none that axe calls serious."""
        bad = [line["message"] for line in self.browser.get_log("browser") if line["level"] == "SEVERE"]
        bad = [line for line in bad if "401" not in line and "ERR_CONNECTION_REFUSED" not in line]
        if bad:
            raise Fault(f"{name}: {bad}")
        if not self.axe:
            return
        self.browser.execute_script(self.axe)
        found = self.browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run().then((r) => done(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
            ".map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' | '))));")
        if found:
            raise Fault(f"{name}: {found}")


AXE = "axe-core@4.14.1"


def axe_of(folder):
    """The text of axe, by npm; empty where npm does not reach its registry."""
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, AXE],
                          capture_output=True, text=True, check=False) if shutil.which("npm") else None
    if done is None or done.returncode != 0:
        print(f"{AXE} cannot be installed: pages are not looked at with it")
        return ""
    return (pathlib.Path(folder) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def browser_of(folder):
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en-GB",
                 "--window-size=1280,900", f"--user-data-dir={folder}/profile", "--force-prefers-reduced-motion"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
