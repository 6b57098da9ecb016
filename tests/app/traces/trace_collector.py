"""A collector of traces: takes OTLP over HTTP as JSON, and refuses what the protocol does not allow.

Usage: trace_collector.py FOLDER
It prints `ready` when FOLDER/port has its port. Spans go to FOLDER/spans, one a line; faults to FOLDER/faults. FOLDER/answer, where it is
there, says how requests are answered: a line for each, STATUS [BODY], the last one for all that follow; `silent`
for not at all. FOLDER/requests counts them. It is an endpoint for jobs as well, at /jobs, and an embedder, at
/v1/embeddings: what they are told of a trace goes to FOLDER/told.
"""

import http.server
import json
import pathlib
import re
import sys
import threading

folder = pathlib.Path(sys.argv[1])
lock = threading.Lock()
count = 0


def check(span):
    """Yields what is wrong with a span."""
    known = {
        "traceId": r"[0-9a-f]{32}",
        "spanId": r"[0-9a-f]{16}",
        "parentSpanId": r"[0-9a-f]{16}",
        "startTimeUnixNano": r"[0-9]{1,19}",
        "endTimeUnixNano": r"[0-9]{1,19}",
        "name": r".+",
    }
    for name, value in span.items():
        if name in known:
            if not isinstance(value, str) or not re.fullmatch(known[name], value):
                yield f"{name} is {value!r}"
            elif name.endswith("Id") and set(value) == {"0"}:
                yield f"{name} is zero"
        elif name == "kind":
            if value not in (1, 2, 3, 4, 5):
                yield f"kind is {value!r}"
        elif name == "status":
            if not isinstance(value.get("message"), str) or value.get("code") not in (0, 1, 2):
                yield f"status is {value!r}"
        elif name == "attributes":
            keys = [one["key"] for one in value]
            if len(keys) != len(set(keys)):
                yield "an attribute stands twice"
            for one in value:
                (kind, said), = one["value"].items()
                if kind not in ("stringValue", "intValue") or not isinstance(said, str):
                    yield f"attribute {one!r}"
        else:
            yield f"unknown member {name}"
    for name in ("traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano", "kind"):
        if name not in span:
            yield f"no {name}"
    if int(span["endTimeUnixNano"]) < int(span["startTimeUnixNano"]):
        yield "it ends before it begins"


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *what):
        pass

    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in ("/jobs", "/v1/embeddings"):
            return self.work(json.loads(body))
        with lock:
            count += 1
            plan = folder / "answer"
            lines = plan.read_text().splitlines() if plan.exists() else ["200 {}"]
            line = lines[min(count, len(lines)) - 1]
            (folder / "requests").write_text(str(count))
            if line != "silent" and line.startswith("200"):
                self.keep(body)
        if line == "silent":
            threading.Event().wait()
        status, _, text = line.partition(" ")
        self.reply(status, text)

    def work(self, asked):
        with lock, open(folder / "told", "a") as to:
            to.write(f"{self.path} {self.headers['traceparent']}\n")
        if self.path == "/jobs":
            return self.reply("200", json.dumps({"advance": asked.get("traceparent")}))
        vector = [0.5] * 8
        data = [{"index": i, "embedding": vector} for i in range(len(asked["input"]))]
        self.reply("200", json.dumps({"data": data, "usage": {"total_tokens": 1}}))

    def reply(self, status, text):
        self.send_response(int(status))
        if status == "503":
            self.send_header("Retry-After", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def keep(self, body):
        faults = []
        if self.path != "/v1/traces":
            faults.append(f"path {self.path}")
        if self.headers["Content-Type"] != "application/json":
            faults.append(f"type {self.headers['Content-Type']}")
        document = json.loads(body)
        with open(folder / "spans", "a") as to:
            for group in document["resourceSpans"]:
                names = [one["value"]["stringValue"] for one in group["resource"]["attributes"]
                         if one["key"] == "service.name"]
                if len(names) != 1:
                    faults.append("no service.name")
                for scope in group["scopeSpans"]:
                    for span in scope["spans"]:
                        faults.extend(check(span))
                        span["attributes"] = {
                            one["key"]: next(iter(one["value"].values()))
                            for one in span["attributes"]}
                        span["key"] = self.headers["Authorization"] or ""
                        to.write(json.dumps(span) + "\n")
        with open(folder / "faults", "a") as to:
            to.writelines(f"{one}\n" for one in faults)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
server.daemon_threads = True
(folder / "port").write_text(str(server.server_port))
print("ready", flush=True)
server.serve_forever()
