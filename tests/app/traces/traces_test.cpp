#include "tests/app/traces/collector.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

// Traces of the real runtime, as a collector gets them.
using namespace millrace::tests;

TEST_CASE(
    "a job's trace is one tree: wait, attempt and settle of each stage, below the submitter") {
  const sandbox in;
  const collector to{in};
  const auto config = in.write(
      "m.ini", to.settings() + "[pipeline.p]\nstages = a, b\n[stage.p.a]\nhandler = " + telling +
                   "\n[stage.p.b]\nhandler = noop\n");
  submit(in, config, "--tenant acme --correlation c-7 --traceparent " + given);
  run_until_idle(in, config);
  CHECK(to.faults().empty());
  const tree all{to.spans()};
  CHECK(all.size() == 7);
  const auto job = all.named("job p").at(0);
  CHECK(job["parentSpanId"] == given_span);
  CHECK(text_of(job, "millrace.correlation_id") == "c-7");
  CHECK(text_of(job, "millrace.tenant") == "acme");
  CHECK(all.outcomes("job p") == texts{"done"});
  CHECK(all.outcomes("attempt p.a") == texts{"advanced"});
  CHECK(all.outcomes("attempt p.b") == texts{"done"});
  for (const auto* stage : {"a", "b"}) {
    const auto name = fmt::format("p.{}", stage);
    const auto wait = all.named("wait " + name).at(0);
    const auto attempt = all.named("attempt " + name).at(0);
    const auto settle = all.named("settle " + name).at(0);
    CHECK(wait["endTimeUnixNano"] == attempt["startTimeUnixNano"]);
    CHECK(attempt["endTimeUnixNano"] == settle["startTimeUnixNano"]);
    CHECK(attempt["parentSpanId"] == job["spanId"]);
  }
  // It waits for the second stage since the first was settled.
  CHECK(all.named("wait p.b").at(0)["startTimeUnixNano"] ==
        all.named("settle p.a").at(0)["endTimeUnixNano"]);
  // What the handler does is a part of its attempt.
  CHECK(job_document(in, 1)["output"] ==
        fmt::format("00-{}-{}-01", given_trace,
                    all.named("attempt p.a").at(0)["spanId"].get<std::string>()));
  CHECK(job_document(in, 1)["traceparent"] == given);
}

TEST_CASE("failed attempts, children and made jobs are in the tree of the job") {
  const sandbox in;
  const collector to{in};
  const auto handler = in.write("h.py", R"(import json, sys
print(sys.stdin.readline() and '{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    answer = {"id": job["id"]}
    if job["attempt"] == 1:
        answer["retry"] = {"code": "E_FIRST", "why": "not yet"}
    else:
        answer |= {"advance": job["traceparent"], "children": [{"pipeline": "q"}],
                   "jobs": [{"pipeline": "r"}]}
    print(json.dumps(answer), flush=True)
)");
  const auto config =
      in.write("m.ini", to.settings() + one_stage("exec:python3 " + handler, "backoff_base = 1ms") +
                            "[pipeline.q]\nstages = a\n[stage.q.a]\nhandler = noop\n"
                            "[pipeline.r]\nstages = a\n[stage.r.a]\nhandler = noop\n");
  submit(in, config, "--traceparent " + given);
  run_until_idle(in, config);
  CHECK(to.faults().empty());
  const tree all{to.spans()};
  CHECK(all.outcomes("attempt p.a") == texts{"retried", "done"});
  const auto attempts = all.named("attempt p.a");
  CHECK(attempts[0]["status"]["message"] == "E_FIRST: not yet");
  CHECK(text_of(attempts[1], "millrace.attempt") == "2");
  for (const auto* made : {"job q", "job r"}) {
    const auto jobs = all.named(made);
    REQUIRE(jobs.size() == 1);
    CHECK(jobs[0]["parentSpanId"] == attempts[1]["spanId"]);
  }
  CHECK(all.size() == 7 + 4 + 4);
}

TEST_CASE("an attempt that a kill -9 ends is in the tree, and what comes after it") {
  const sandbox in;
  const collector to{in};
  const auto folder = in.folder().string();
  const auto config = in.write(
      "m.ini", to.settings() + one_stage(fmt::format(
                                   "exec-once:sh -c 'test -e {0}/go || {{ touch {0}/begun; exec "
                                   "sleep 60; }}'",
                                   folder)));
  submit(in, config, "--traceparent " + given);
  kill_at_work(in, config);
  in.write("go", "");
  run_until_idle(in, config);
  CHECK(to.faults().empty());
  const tree all{to.spans()};
  CHECK(all.outcomes("attempt p.a") == texts{"lost", "done"});
  CHECK(all.named("attempt p.a")[0]["status"]["code"] == 2);
  CHECK(all.outcomes("job p") == texts{"done"});
  CHECK(all.size() == 5);
}

TEST_CASE("a job that kills its runtime each time has a tree of the attempts that it took down") {
  const sandbox in;
  const collector to{in};
  const auto config = in.write("m.ini", to.settings() + "[runtime]\nworker_threads = 1\n" +
                                            one_stage("perish:abort", "backoff_base = 1ms"));
  REQUIRE(in.shell("millrace-test-poison submit --pipeline p --payload 1 --traceparent " + given +
                   " --config " + config)
              .code == 0);
  for (int n = 0; n < 4; ++n)
    in.shell("millrace-test-poison run --until-idle --config " + config);
  CHECK(to.faults().empty());
  const tree all{to.spans()};
  CHECK(all.outcomes("attempt p.a") == texts{"lost", "lost", "lost"});
  CHECK(all.outcomes("job p") == texts{"dead"});
  CHECK(text_of(all.named("job p").at(0), "millrace.code") == "POISON");
}

TEST_CASE("a job that is cancelled while its runtime is dead has a tree that says so") {
  const sandbox in;
  const collector to{in};
  const auto folder = in.folder().string();
  const auto config = in.write(
      "m.ini", to.settings() + one_stage(fmt::format(
                                   "exec-once:sh -c 'touch {}/begun; exec sleep 60'", folder)));
  submit(in, config, "--traceparent " + given);
  kill_at_work(in, config);
  REQUIRE(in.millrace({"cancel", "1", "--config", config}).code == 0);
  run_until_idle(in, config);
  CHECK(job_document(in, 1)["state"] == "cancelled");
  CHECK(to.faults().empty());
  const tree all{to.spans()};
  CHECK(all.outcomes("attempt p.a") == texts{"lost"});
  CHECK(all.outcomes("job p") == texts{"cancelled"});
}

TEST_CASE("jobs without a submitter's trace have traces of their own, or none, as is set") {
  const sandbox in;
  const collector to{in};
  const auto* ratio = GENERATE("1", "0");
  const auto config =
      in.write("m.ini", to.settings(fmt::format("trace_ratio = {}", ratio)) + one_stage(telling));
  for (int n = 0; n < 3; ++n)
    submit(in, config);
  submit(in, config, "--traceparent " + given.substr(0, given.size() - 1) + '0');
  run_until_idle(in, config);
  std::map<std::string, int> traces;
  for (const auto& one : to.spans()) {
    ++traces[one["traceId"]];
    CHECK((one["name"] == "job p") == !one.contains("parentSpanId"));
  }
  CHECK(traces.size() == (ratio == std::string{"1"} ? 3 : 0));
  for (const auto& [unused, count] : traces)
    CHECK(count == 4);
  // What is not kept goes on as it came.
  CHECK(job_document(in, 4)["output"] == given.substr(0, given.size() - 1) + '0');
}

TEST_CASE("without a collector handlers are told what the submitter said, and nothing else") {
  const sandbox in;
  const auto config = in.write("m.ini", one_stage(telling));
  submit(in, config, "--traceparent " + given);
  submit(in, config);
  run_until_idle(in, config);
  CHECK(job_document(in, 1)["output"] == given);
  CHECK(job_document(in, 2)["output"] == "");
}

TEST_CASE("endpoints of handlers and services are told where the trace goes on") {
  const sandbox in;
  const collector to{in};
  const auto config = in.write(
      "m.ini", to.settings() + one_stage("http:" + to.url("/jobs")) +
                   "[service.embedder]\nmode = remote\nmodel = m\ndimensions = 8\nendpoints = " +
                   to.url("/v1") + '\n');
  submit(in, config, "--traceparent " + given);
  const auto document = in.write("d.md", "# One\n\nWords.\n");
  REQUIRE(in.millrace({"submit", document, "--config", config, "--traceparent", given}).code == 0);
  run_until_idle(in, config);
  const tree all{to.spans()};
  const auto span_of = [&](const std::string& name) {
    return all.named(name).at(0)["spanId"].get<std::string>();
  };
  const auto line = [&](const std::string& path, const std::string& span) {
    return fmt::format("{} 00-{}-{}-01\n", path, given_trace, span);
  };
  CHECK_THAT(to.told(), Catch::Contains(line("/jobs", span_of("attempt p.a"))));
  CHECK_THAT(to.told(),
             Catch::Contains(line("/v1/embeddings", span_of("attempt ingest.embedding"))));
  CHECK(job_document(in, 1)["output"] ==
        fmt::format("00-{}-{}-01", given_trace, span_of("attempt p.a")));
}
