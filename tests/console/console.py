#!/usr/bin/env python3
"""Drives the console in a real browser against a real runtime.

Usage: console.py BUILD sqlite|postgres [FOLDER]
FOLDER: where screenshots go, for the docs. Ends with 77 where chromium, its driver or selenium is
missing, or PostgreSQL is wanted and TEST_POSTGRES_URL is not set.
"""
import os
import shutil
import sys
import tempfile
import time

try:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    print("skipped: selenium is missing; `scripts/setup python3-selenium` installs it")
    sys.exit(77)

from parts import Fault, Page, Runtime, axe_of, browser_of, free_port, wait_for


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
    page.click("Keys", "header")
    wait_for("the dialog", lambda: page.browser.find_elements(By.CSS_SELECTOR, "dialog[open]"))
    runtime.call("DELETE", "/v1/tokens/ann")
    page.see("The session has ended")
    if page.browser.find_elements(By.CSS_SELECTOR, "dialog"):
        raise Fault("a dialog of the session that has ended stays open")


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
            print(*(line["message"] for line in browser.get_log("browser")), sep="\n")
            sys.exit(1)
        finally:
            browser.quit()
            runtime.kill()


main()
