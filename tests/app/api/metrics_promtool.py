#!/usr/bin/env python3
"""Shows GET /metrics of a real runtime to promtool and to a real Prometheus.

Runs jobs, scrapes, and checks both formats, config/alerts.yml, config/grafana.json and the table of
docs/metrics.md against what was scraped. Ends with 77 where Prometheus (Debian: prometheus) is missing.
Usage: metrics_promtool.py SOURCE_DIR MILLRACE [sqlite | postgres]
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

source, millrace = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
database = sys.argv[3] if len(sys.argv) > 3 else "sqlite"
openmetrics = "application/openmetrics-text"
patience = 60
jobs = 20
deaths = 3
problems = []

settings = """
[storage]
{storage}
[runtime]
data_dir = {folder}/data
health_interval = 500ms
[http]
listen = 127.0.0.1:{port}
[telemetry]
otlp_endpoint = http://127.0.0.1:{closed}
[service.embedder]
mode = hybrid
endpoints = http://127.0.0.1:{closed}/v1
model = hashing
dimensions = 384
probe_interval = 1s
[pipeline.mill]
stages = grind, sift
[stage.mill.grind]
handler = noop
[stage.mill.sift]
handler = sleep:5ms
[pipeline.broken]
stages = jam
[stage.broken.jam]
handler = fail:JAMMED
"""

watching = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: millrace
    authorization: {{credentials_file: {token}}}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def check(holds, what):
    if not holds:
        problems.append(what)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def get(url, token="", **headers):
    """Status, media type and text."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=15) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers["Content-Type"], refused.read().decode()
    except OSError as away:
        return 0, "", str(away)


def wait_for(what, condition):
    until = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > until:
            sys.exit(f"not in time: {what}")
        os.sched_yield()
    return found


@contextlib.contextmanager
def running(log, *command, environment=None):
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment)
    try:
        yield process
    except BaseException:
        print(f"-- {log}\n{pathlib.Path(log).read_text(encoding='utf-8')[-4000:]}", file=sys.stderr)
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def parse(text):
    """The samples by their series, and the names of families in their order."""
    samples, families = {}, []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            families.append(line.split()[2])
        elif not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            check(series not in samples, f"a series is there twice: {series}")
            check(families and name_of(series).startswith(families[-1]), f"outside of its family: {series}")
            samples[series] = float(value)
    check(len(families) == len(set(families)), "a family is not contiguous")
    return samples, families


def labels_of(series):
    return re.findall(r'[{,]([a-z]+)="(?:[^"\\]|\\.)*"', series)


def name_of(series):
    return series.partition("{")[0]


def check_histograms(samples):
    counted = {}
    for series, value in samples.items():
        if name_of(series).endswith("_bucket"):
            without, bound = re.fullmatch(r'(.*),le="([^"]*)"}', series).groups()
            check(bound == "+Inf" or re.fullmatch(r"\d+\.\d+", bound), f"le is no float: {series}")
            check(value >= counted.get(without, 0), f"buckets do not add up: {series}")
            counted[without] = value
    check(counted, "there is no histogram")
    for without, value in counted.items():
        whole = without.replace("_bucket", "_count", 1) + "}"
        check(samples.get(whole) == value, f"+Inf is not the count: {whole}")


def table_of_docs():
    """Labels and meaning of each metric."""
    page = (source / "docs/metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `((?:millrace|process)_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", page, re.MULTILINE)
    check(len(rows) > 20, "docs/metrics.md has no table of metrics")
    return {name: (kind, re.findall(r"`(\w+)`", labels), meaning) for name, kind, labels, meaning in rows}


def check_table(samples, table):
    for series in samples:
        name = name_of(series)
        known = table.get(name) or table.get(re.sub("_(bucket|sum|count)$", "", name))
        check(known, f"docs/metrics.md does not have {name}")
        if known:
            labels = [one for one in labels_of(series) if one != "le"]
            check(labels == known[1], f"other labels than in the docs: {series}")


def is_absent(meaning):
    return f"absent on {'SQLite' if database == 'sqlite' else 'PostgreSQL'}" in meaning


def sample_names(table):
    """Those that queries may name, and whether this scrape must have them."""
    names = {}
    for name, (kind, _, meaning) in table.items():
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            names[name + suffix] = not is_absent(meaning)
    return names


def queries_of(node):
    if isinstance(node, dict):
        yield from (node[key] for key in ("expr", "definition") if isinstance(node.get(key), str))
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from queries_of(child)


def check_names(where, text, samples, names):
    there = {name_of(series) for series in samples}
    mentioned = set(re.findall(r"\b(?:millrace|process)_[a-z_]+\b", text))
    check(mentioned, f"{where} names no metric")
    for name in sorted(mentioned):
        check(name in names, f"{where} names {name}, which docs/metrics.md does not have")
        check(not names.get(name) or name in there, f"{where} names {name}, which was not scraped")


def check_with(tool, *arguments, text=None):
    done = subprocess.run([tool, *arguments], input=text, text=True, capture_output=True, check=False)
    check(done.returncode == 0, f"promtool {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}")


class Prometheus:
    def __init__(self, port):
        self.at = f"http://127.0.0.1:{port}"

    def ask(self, path):
        status, _, text = get(self.at + path)
        return json.loads(text) if status in (200, 400, 422) else None

    def query(self, expression):
        return self.ask("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))

    def value(self, expression):
        answer = self.query(expression)
        found = answer["data"]["result"] if answer and answer["status"] == "success" else []
        return float(found[0]["value"][1]) if found else None

    def check_target(self):
        for target in self.ask("/api/v1/targets")["data"]["activeTargets"]:
            check(target["health"] == "up", f"Prometheus cannot scrape: {target['lastError']}")

    def check_rules(self):
        rules = [rule for group in self.ask("/api/v1/rules")["data"]["groups"] for rule in group["rules"]]
        check(rules, "Prometheus has no rules")
        for rule in rules:
            check(rule["health"] == "ok", f"Prometheus: {rule['name']}: {rule.get('lastError')}")
        return {rule["name"] for rule in rules}

    def check_dashboard(self, dashboard, absent):
        """Each query is understood, and all but those that filter have data."""
        for query in sorted(set(queries_of(dashboard))):
            text = query.replace("$__rate_interval", "1m").replace("$job", "millrace")
            text = text.replace("$instance", ".*").replace("$pipeline", ".*")
            if text.startswith("label_values("):
                text = text[len("label_values("):].rpartition(",")[0]
            answer = self.query(text)
            if not answer or answer["status"] != "success":
                problems.append(f"config/grafana.json: {query}: {answer}")
            elif "> 0" not in text and not any(name in text for name in absent):
                check(answer["data"]["result"], f"config/grafana.json: without data: {query}")


def storage_of(folder):
    if database == "sqlite":
        return f"url = sqlite:{folder}/data/millrace.db"
    return f"url = {os.environ['TEST_POSTGRES_URL']}\nschema = metrics_{os.getpid()}"


def run_jobs(folder, run):
    for pipeline, count in (("mill", jobs), ("broken", deaths)):
        lines = "".join(f'{{"payload": {number}, "tenant": "tenant-{number}"}}\n' for number in range(count))
        (folder / pipeline).write_text(lines, encoding="utf-8")
        run("submit", "--pipeline", pipeline, "--batch", pipeline)
    if database == "sqlite":
        with contextlib.closing(sqlite3.connect(folder / "data/millrace.db", timeout=30)) as on, on:
            on.executemany("insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                           " values (?, 'far', 1, 1, 1)", [(f"foreign-{number}",) for number in range(5)])


def check_access(url, token, run):
    check(get(url)[0] == 401, "it answers without a token")
    bound = run("token", "create", "bound", "--role", "admin", "--tenant", "acme").strip()
    check(get(url, bound)[0] == 403, "it answers a token that is bound to a tenant")
    check(get(url, token)[0] == 200, "it does not answer a token")


def scrape(url, token):
    """The samples, once all jobs are counted."""
    def settled():
        status, _, text = get(url, token, Accept=openmetrics)
        dead = f'millrace_jobs{{pipeline="broken",stage="jam",state="deadletter"}} {deaths}\n'
        settled_here = f'millrace_jobs_settled_total{{pipeline="mill",stage="sift",outcome="done"}} {jobs}\n'
        counted = f'millrace_jobs{{pipeline="mill",stage="sift",state="done"}} {jobs}\n'
        done = settled_here in text and counted in text  # The jobs are counted less often than they settle.
        other = database != "sqlite" or 'millrace_jobs{pipeline="(other)",stage="(other)",state="queued"} 5\n' in text
        return status == 200 and dead in text and done and "millrace_health{" in text and other

    wait_for("the figures of all jobs", settled)
    _, plain_type, plain = get(url, token)
    _, open_type, text = get(url, token, Accept=f"{openmetrics};version=1.0.0,text/plain;q=0.5,*/*;q=0.1")
    check(plain_type == "text/plain; version=0.0.4; charset=utf-8", f"its type is {plain_type}")
    check(open_type == f"{openmetrics}; version=1.0.0; charset=utf-8", f"its type is {open_type}")
    check(text.endswith("\n# EOF\n") and plain.endswith("\n"), "it has no end")
    check("foreign" not in text and "tenant" not in text, "a label has what a job brought along")
    samples, _ = parse(text)
    same, _ = parse(plain)
    check(samples.keys() == same.keys(), f"the formats differ: {samples.keys() ^ same.keys()}")
    return samples, plain


def check_figures(samples):
    for series, expected in {
            'millrace_jobs_settled_total{pipeline="mill",stage="grind",outcome="advanced"}': jobs,
            'millrace_jobs_settled_total{pipeline="broken",stage="jam",outcome="dead"}': deaths,
            'millrace_jobs{pipeline="mill",stage="sift",state="done"}': jobs,
            'millrace_handler_duration_seconds_count{pipeline="mill",stage="sift"}': jobs,
            'millrace_runtime_phase{phase="running"}': 1,
            'millrace_actor_restarts_total{actor="store"}': 0,
            'millrace_actor_up{actor="store"}': 1,
            'millrace_source_up{source="job_counts"}': 1,
            'millrace_health_reasons{concern="disk"}': 0}.items():
        check(samples.get(series) == expected, f"{series} is {samples.get(series)}, not {expected}")
    for name in ("process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"):
        check(samples.get(name, 0) > 0, f"{name} is {samples.get(name)}")
    check(abs(time.time() - samples["process_start_time_seconds"]) < 600, "the process started at another time")


def watch(folder, token_file, port, table, samples):
    rules, names = source / "config/alerts.yml", sample_names(table)
    (folder / "prometheus.yml").write_text(watching.format(rules=rules, token=token_file, port=port), encoding="utf-8")
    own = free_port()
    with running(folder / "prometheus.log", "prometheus", f"--config.file={folder}/prometheus.yml",
                 f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{own}"):
        server = Prometheus(own)
        wait_for("two scrapes", lambda: (server.value("count_over_time(up[1m])") or 0) >= 2)
        check(server.value('sum(millrace_jobs_settled_total{outcome="done"})') == jobs, "Prometheus counts other jobs")
        check(server.value("scrape_samples_scraped") >= len(samples) - 5, "Prometheus did not take all samples")
        server.check_target()
        alerts = server.check_rules()
        dashboard = json.loads((source / "config/grafana.json").read_text(encoding="utf-8"))
        server.check_dashboard(dashboard, [name for name, must in names.items() if not must])
    page = (source / "docs/metrics.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(Millrace\w+)` \|", page, re.MULTILINE))
    check(listed == alerts, f"docs/metrics.md and config/alerts.yml differ: {listed ^ alerts}")
    check_names("config/alerts.yml", rules.read_text(encoding="utf-8"), samples, names)
    check_names("config/grafana.json", "\n".join(queries_of(dashboard)), samples, names)


def main(folder):
    port = free_port()
    (folder / "mill.ini").write_text(settings.format(
        storage=storage_of(folder), folder=folder, port=port, closed=free_port()), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
    environment |= {"HOME": str(folder), "MILLRACE_CONFIG": str(folder / "mill.ini")}

    def run(*words):
        return subprocess.run([millrace, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True,
                              check=True).stdout

    url, table = f"http://127.0.0.1:{port}/metrics", table_of_docs()
    with running(folder / "millrace.log", millrace, "run", environment=environment):
        wait_for("a runtime", lambda: get(f"http://127.0.0.1:{port}/readyz")[0] == 200)
        token_file = folder / "prometheus.token"
        token_file.write_text(run("token", "create", "prometheus", "--role", "viewer"), encoding="utf-8")
        token = token_file.read_text(encoding="utf-8").strip()
        check_access(url, token, run)
        run_jobs(folder, run)
        samples, plain = scrape(url, token)
        check_figures(samples)
        check_histograms(samples)
        check_table(samples, table)
        there = {name_of(series) for series in samples}
        for name, must in sample_names(table).items():
            check((name in there) == must, f"{name} is {'missing' if must else 'there'}, the docs say otherwise")
        check_with("promtool", "check", "metrics", text=plain)
        check_with("promtool", "check", "rules", source / "config/alerts.yml")
        check_with("promtool", "test", "rules", source / "tests/app/api/alerts_test.yml")
        watch(folder, token_file, port, table, samples)


if missing := [tool for tool in ("promtool", "prometheus") if not shutil.which(tool)]:
    print(f"skipped: {' and '.join(missing)} not found; `scripts/setup prometheus` installs them")
    sys.exit(77)
if database == "postgres" and not os.environ.get("TEST_POSTGRES_URL"):
    print("skipped: no PostgreSQL; run scripts/with-postgres")
    sys.exit(77)
with tempfile.TemporaryDirectory(prefix="metrics.") as made:
    main(pathlib.Path(made))
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
