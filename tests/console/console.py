#!/usr/bin/env python3
"""Drives the console in a real browser against a real runtime.

Usage: console.py BUILD sqlite|postgres [FOLDER]
FOLDER: where screenshots go, for the docs. Ends with 77 where chromium, its driver or selenium is
missing, or PostgreSQL is wanted and TEST_POSTGRES_URL is not set.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print("skipped: selenium is missing; `scripts/setup python3-selenium` installs it")
    sys.exit(77)

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
            "HOME": str(self.folder), "MILLRACE_RUNTIME__DATA_DIR": str(self.data),
            "ASAN_OPTIONS": "detect_leaks=0:report_globals=0:malloc_context_size=5"}
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


def all_pages(page, with_pictures=False):
    seen = {
        "overview": "orders", "jobs": "Jobs", "stages": "check", "events": "Events", "schedules": "nightly",
        "tenants": "acme", "services": "Services", "actors": "supervisor", "runtimes": "Runtimes",
        "documents": "Documents", "search": "Search", "tokens": "Tokens", "about": "0.1.0",
    }
    for name, text in seen.items():
        page.open(f"#/{name}")
        page.see(text)
        wait_for(f"a live picture of {name}", lambda: "stale" not in page.browser.find_element(By.ID, "main").get_attribute("class"))
        page.check(name)
        if with_pictures and name not in ("overview", "jobs", "documents", "search"):
            page.picture(name)
        width = page.browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            raise Fault(f"{name} is {width} pixels wider than the window")


def test_sign_in(page, runtime):
    page.browser.get(f"http://127.0.0.1:{runtime.port}/")
    page.see("Sign in")
    page.check("sign-in")
    page.field("#token", "mr_wrong")
    page.click("Sign in")
    page.see("The token is unknown")
    link = runtime.command("console", "--print")
    page.browser.get(link)
    page.see("owner (admin)")
    if "link=" in page.browser.current_url:
        raise Fault("the link stays in the address")
    page.browser.get("about:blank")
    page.browser.get(link)
    page.see("owner (admin)")


def test_jobs(page, runtime):
    good = [runtime.submit({"order": n}) for n in range(3)]
    bad = runtime.submit({"order": "bad <img src=x onerror=alert(1)>"}, tags=["late"], tenant="acme")
    wait_for("end of the jobs", lambda: all(runtime.state(job) == "done" for job in good) and runtime.state(bad) == "deadletter")
    page.open("#/overview")
    page.see("1 job died at orders/check")
    page.picture("overview")
    page.click("Show them")
    page.see(str(bad))
    page.picture("jobs")
    page.open(f"#/jobs/{bad}")
    page.see("attempt")
    page.see("<img src=x")
    page.check("job")
    page.picture("job")
    before = len(runtime.call("GET", f"/v1/jobs/{bad}/events")["events"])
    page.key("r")
    page.answer("Retry")
    wait_for("second end", lambda: runtime.state(bad) == "deadletter" and len(runtime.call("GET", f"/v1/jobs/{bad}/events")["events"]) > before)
    orders = [event for event in runtime.call("GET", f"/v1/jobs/{bad}/events")["events"] if event["type"] == "control"]
    if len(orders) != 1:
        raise Fault(f"one retry was ordered, and there are {orders}")
    page.open("#/jobs?state=deadletter&pipeline=orders")
    page.see(str(bad))
    page.click("Delete")
    page.answer("Delete")
    page.see("1 job changed")
    wait_for("an empty list", lambda: "No job matches" in page.text())


def test_orders(page, runtime):
    page.open("#/stages")
    page.see("ship")
    page.press('[data-key="pipeline-orders"]')
    page.answer("Pause")
    wait_for("pause", lambda: all(stage["paused_at"] for stage in runtime.call("GET", "/v1/stages")["stages"] if stage["pipeline"] == "orders"))
    job = runtime.submit({"order": 7})
    page.open("#/overview")
    page.see("is paused")
    page.open("#/stages")
    page.press('[data-key="pipeline-orders"]')
    page.answer("Resume")
    wait_for("end of the job", lambda: runtime.state(job) == "done")
    page.open("#/schedules")
    page.click("Run now")
    page.answer("Run now")
    wait_for("job of the schedule", lambda: any(s["last_job"] for s in runtime.call("GET", "/v1/schedules")["schedules"]))
    napping = runtime.submit({}, "slow")
    wait_for("work", lambda: runtime.state(napping) == "working")
    page.open(f"#/jobs/{napping}")
    page.see("working")
    page.key("c")
    page.answer("Cancel the job")
    wait_for("cancelled job", lambda: runtime.state(napping) == "cancelled")
    page.see("cancelled")


def test_tokens(page, runtime):
    page.open("#/tokens")
    page.click("Make a token")
    page.field("#field-name", "ann")
    page.click("Make the token", "dialog")
    wait_for("secret", lambda: page.browser.find_element(By.CSS_SELECTOR, "dialog input").get_attribute("value").startswith("mr_"))
    page.click("Close", "dialog")
    link = runtime.command("console", "--print", "--token", "ann")
    page.browser.get("about:blank")
    page.browser.get(link)
    page.see("ann (viewer)")
    for name in ("jobs", "stages", "schedules", "runtimes"):
        page.open(f"#/{name}")
        page.see(name.capitalize())
        buttons = [b.text for b in page.browser.find_elements(By.CSS_SELECTOR, "main button")]
        bad = [text for text in buttons if any(word in text for word in ("Pause", "Resume", "Retry", "Cancel", "Delete", "Run now", "Drain", "Stop"))]
        if bad:
            raise Fault(f"a viewer sees orders on {name}: {bad}")
    runtime.call("DELETE", "/v1/tokens/ann")
    page.see("The session has ended")


def test_documents(page, runtime):
    page.browser.get("about:blank")
    page.browser.get(runtime.command("console", "--print"))
    page.see("owner (admin)")
    paper = runtime.folder / "rules.txt"
    paper.write_text("The mill stands still on Mondays.\n\nGrain is weighed at the gate.\n")
    page.open("#/documents")
    page.see("Documents")
    page.browser.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(paper))
    wait_for("document in the list", lambda: "rules.txt" in page.text())
    wait_for("its chunks", lambda: any(d["status"] == "embedded" for d in runtime.call("GET", "/v1/documents")["documents"]))
    page.picture("documents")
    page.open("#/search")
    page.field("input[type=search]", "when does the mill stand still").send_keys(Keys.ENTER)
    page.see("Mondays")
    page.check("search with answers")
    page.picture("search")
    page.click("rules.txt")
    page.see("Grain is weighed")
    page.check("document")
    page.picture("document")


def test_keys_and_width(page, runtime):
    page.open("#/overview")
    page.see("Overview")
    page.key("2")
    wait_for("page of jobs", lambda: "#/jobs" in page.browser.current_url)
    page.key("?")
    page.answer("Close")
    for width, height in ((360, 800), (3840, 2160)):
        page.browser.set_window_size(width, height)
        all_pages(page)
    page.browser.set_window_size(1280, 900)
    page.browser.execute_script("localStorage.setItem('theme', 'dark')")
    page.browser.refresh()
    page.see("Overview")
    all_pages(page, with_pictures=True)
    page.browser.execute_script("localStorage.setItem('theme', 'light')")
    page.browser.refresh()


def test_runtime_that_dies(page, runtime):
    page.open("#/overview")
    page.see("live")
    runtime.kill()
    page.see("The server does not answer")
    if "live" in page.browser.find_element(By.CSS_SELECTOR, ".freshness").text:
        raise Fault("the page says that it is live, and the runtime is dead")
    runtime.start()
    wait_for("live again", lambda: page.browser.find_element(By.CSS_SELECTOR, ".freshness").text == "live")
    page.check("overview after a restart")


def test_fleet(page, runtime):
    """Two runtimes on one PostgreSQL, of which one is killed."""
    if not runtime.database:
        return
    page.see("1 runtime\n")
    other = Runtime(runtime.build, runtime.folder, runtime.database, free_port())
    other.start()
    page.open("#/overview")
    page.see("2 runtimes")
    other.kill()
    page.see("1 runtime\n")
    other.start()
    page.see("2 runtimes")
    other.stop()
    page.see("1 runtime\n")
    page.see("Nothing is wrong")


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


def main():
    build, kind = sys.argv[1:3]
    pictures = sys.argv[3] if len(sys.argv) > 3 else ""
    if not shutil.which("chromedriver") or not shutil.which("chromium"):
        print("skipped: chromium or its driver is missing; `scripts/setup chromium chromium-driver` installs them")
        sys.exit(77)
    if kind == "postgres" and "TEST_POSTGRES_URL" not in os.environ:
        print("skipped: no PostgreSQL; run scripts/with-postgres")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="millrace-console-") as folder:
        runtime = Runtime(build, folder, os.environ["TEST_POSTGRES_URL"] if kind == "postgres" else "", free_port())
        runtime.start()
        browser = browser_of(folder)
        page = Page(browser, runtime, pictures, axe_of(folder))
        try:
            for test in (test_sign_in, test_jobs, test_orders, test_tokens, test_documents, test_keys_and_width,
                         test_runtime_that_dies, test_fleet):
                began = time.monotonic()
                test(page, runtime)
                print(f"{test.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        except Fault as fault:
            print(f"{test.__name__}: {fault}\n--- {browser.current_url}\n{page.text()}")
            sys.exit(1)
        finally:
            browser.quit()
            runtime.kill()


main()
