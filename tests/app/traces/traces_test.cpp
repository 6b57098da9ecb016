#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// Traces of the real runtime, as a collector (tests/app/traces/trace_collector.py) gets them.
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::source_path;
using millrace::tests::wait_until;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

const std::string given_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string given_span = "00f067aa0ba902b7";
const std::string given = "00-" + given_trace + '-' + given_span + "-01";

std::string read_all(const std::string& path) {
  std::ifstream from{path};
  std::ostringstream all;
  all << from.rdbuf();
  return all.str();
}

/// A collector and what it has got.
class collector {
 public:
  explicit collector(const sandbox& in)
      : in_{in},
        process_{in.start_in_shell(fmt::format("exec python3 {} {}",
                                               source_path("tests/app/traces/trace_collector.py"),
                                               in.folder().string()))} {
    process_.wait_for_output("ready");
    port_ = read_all((in.folder() / "port").string());
  }

  std::string settings(const std::string& more = {}) const {
    return fmt::format("[telemetry]\notlp_endpoint = {}\n{}\n", url(""), more);
  }
  void answer(const std::string& lines) const { in_.write("answer", lines); }

  std::vector<json> spans() const {
    std::vector<json> all;
    std::istringstream lines{read_all((in_.folder() / "spans").string())};
    for (std::string line; std::getline(lines, line);)
      all.push_back(json::parse(line));
    return all;
  }
  std::string faults() const { return read_all((in_.folder() / "faults").string()); }
  /// What endpoints were told, "PATH TRACEPARENT" a line.
  std::string told() const { return read_all((in_.folder() / "told").string()); }
  std::string url(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  int requests() const {
    const auto text = read_all((in_.folder() / "requests").string());
    return text.empty() ? 0 : std::stoi(text);
  }

 private:
  const sandbox& in_;
  running process_;
  std::string port_;
};

std::string text_of(const json& span, const char* name) {
  return span["attributes"].value(name, "");
}

/// The spans of a trace, which must be one tree below the span that was given.
class tree {
 public:
  explicit tree(const std::vector<json>& spans, const std::string& trace = given_trace) {
    for (const auto& one : spans)
      if (one["traceId"] == trace) {
        INFO(one.dump());
        CHECK(of_.emplace(one["spanId"], one).second);
      }
    for (const auto& [id, one] : of_) {
      INFO(one.dump());
      const auto parent = one.value("parentSpanId", given_span);
      CHECK((parent == given_span || of_.contains(parent)));
    }
  }

  std::size_t size() const { return of_.size(); }
  std::vector<json> named(const std::string& name, const std::string& job = {}) const {
    std::vector<json> found;
    for (const auto& [unused, one] : of_)
      if (one["name"] == name && (job.empty() || text_of(one, "millrace.job.id") == job))
        found.push_back(one);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a["startTimeUnixNano"].template get<std::string>() <
             b["startTimeUnixNano"].template get<std::string>();
    });
    return found;
  }
  std::vector<std::string> outcomes(const std::string& name) const {
    std::vector<std::string> all;
    for (const auto& one : named(name))
      all.push_back(text_of(one, "millrace.outcome"));
    return all;
  }

 private:
  std::map<std::string, json> of_;
};

using texts = std::vector<std::string>;

/// A handler that says in its output where its trace goes on.
constexpr auto telling = R"(exec-once:sh -c 'printf %s "\"$TRACEPARENT\""')";

std::string one_stage(const std::string& handler, const std::string& more = {}) {
  return "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = " + handler + '\n' + more + '\n';
}

void submit(const sandbox& in, const std::string& config, const std::string& more = {}) {
  const auto done =
      in.shell(fmt::format("millrace submit --pipeline p --config {} {}", config, more));
  INFO(done.err);
  REQUIRE(done.code == 0);
}

void run_until_idle(const sandbox& in, const std::string& config) {
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  INFO(done.err);
  REQUIRE(done.code == 0);
}

}  // namespace

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
  const auto first = in.start({"run", "--config", config});
  wait_until([&] { return std::filesystem::exists(folder + "/begun"); });
  first.signal(SIGKILL);
  first.wait();
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
  const auto config =
      in.write("m.ini", to.settings() + one_stage(fmt::format(
                                            "exec-once:sh -c 'touch {}/begun; exec sleep 60'",
                                            folder)));
  submit(in, config, "--traceparent " + given);
  const auto first = in.start({"run", "--config", config});
  wait_until([&] { return std::filesystem::exists(folder + "/begun"); });
  first.signal(SIGKILL);
  first.wait();
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

TEST_CASE("a collector that is away, or silent, holds up neither jobs nor the end, and is told") {
  const sandbox in;
  const collector to{in};
  const bool is_silent = GENERATE(true, false);
  if (is_silent)
    to.answer("silent");
  const auto config = in.write("m.ini", (is_silent ? to.settings()
                                                   : "[telemetry]\notlp_endpoint = "
                                                     "http://127.0.0.1:1\n") +
                                            one_stage("noop"));
  submit(in, config);
  const auto began = std::chrono::steady_clock::now();
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  CHECK(done.code == 0);
  CHECK(std::chrono::steady_clock::now() - began < 30s);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK_THAT(done.err, Catch::Contains("TRACES_NOT_SENT"));
  CHECK_THAT(done.err, Catch::Contains("telemetry.otlp_endpoint"));
  // All that was lost is told at the end.
  const auto last = done.err.substr(done.err.rfind("TRACES_NOT_SENT"));
  CHECK_THAT(last, Catch::Contains("dropped=4"));
}

TEST_CASE(
    "what a collector refuses for a while is sent again, and what it refuses for good is not") {
  const sandbox in;
  const collector to{in};
  const auto* answers = GENERATE("503\n429\n200 {}", "400 no");
  to.answer(answers);
  const auto config = in.write("m.ini", to.settings() + one_stage("noop"));
  submit(in, config, "--traceparent " + given);
  const auto runtime = in.start({"run", "--config", config});
  const bool is_refused = answers == std::string{"400 no"};
  if (is_refused) {
    runtime.wait_for_error("TRACES_NOT_SENT");
  } else {
    runtime.wait_for_error("TRACES_SENT_AGAIN");
    CHECK(tree{to.spans()}.size() == 4);
    CHECK(to.requests() == 3);
  }
  stop(runtime);
  CHECK(to.faults().empty());
  CHECK((to.requests() == 1) == is_refused);
}

TEST_CASE("spans that the collector drops are told, and the key is sent and never shown") {
  const sandbox in;
  const collector to{in};
  to.answer(R"(200 {"partialSuccess":{"rejectedSpans":"4","errorMessage":"quota"}})");
  const auto key = in.write("key", "sesame-and-more\n");
  const auto config = in.write("m.ini", to.settings("key_file = " + key) + one_stage("noop"));
  submit(in, config);
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  CHECK_THAT(done.err, Catch::Contains("refused 4 of its 4 spans: quota"));
  CHECK_THAT(done.err, !Catch::Contains("sesame"));
  CHECK(to.spans().at(0)["key"] == "Bearer sesame-and-more");
}

TEST_CASE("what is no traceparent, endpoint or share is refused before anything is done") {
  const sandbox in;
  const auto no = in.shell("millrace submit --pipeline ingest --payload 1 --traceparent 00-1-2-01");
  CHECK(no.code == 2);
  CHECK_THAT(no.err, Catch::Contains("`00-1-2-01` is no traceparent"));
  const auto file = in.shell("millrace submit /etc/hostname --traceparent x");
  CHECK(file.code == 2);
  for (const auto* setting :
       {"otlp_endpoint = http://a:99999", "otlp_endpoint = http://a:", "service_name = a\x01b",
        "trace_ratio = 2", "trace_ratio = nan", "trace_ratio = -0.1", "trace_ratio = much",
        "otlp_endpoint = collector:4318", "otlp_endpoint = http://a, http://b"}) {
    CAPTURE(setting);
    const auto config = in.write("m.ini", fmt::format("[telemetry]\n{}\n", setting));
    CHECK(in.millrace({"config", "--config", config}).code == 2);
  }
}

TEST_CASE("files of telemetry that say nothing, and two places for a key, are told at the start") {
  const sandbox in;
  const auto text = in.write("no.pem", "nothing\n");
  for (const auto& [lines, what] : std::vector<std::pair<std::string, std::string>>{
           {"ca_file = /none.pem", "/none.pem cannot be read"},
           {"ca_file = " + text, "no.pem has no certificate in it"},
           {"key_env = HOME\nkey_file = " + text, "both telemetry.key_env and telemetry.key_file"}}) {
    CAPTURE(lines);
    const auto config =
        in.write("m.ini", fmt::format("[telemetry]\notlp_endpoint = http://a\n{}\n", lines));
    const auto done = in.millrace({"run", "--until-idle", "--config", config});
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Catch::Contains(what));
  }
}
