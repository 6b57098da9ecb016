#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Handlers that are programs, in the real runtime: the examples, and tests/data/handler.py, which
// does as the payload of each job says.
using millrace::tests::is_alive;
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::source_path;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

const std::string examples = source_path("examples/handlers");

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string replace(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// `exec:` with the misbehaving handler, as the only stage of the pipeline p.
std::string misbehaving(const sandbox& in, const std::string& more = {}) {
  return in.write("m.ini", fmt::format("[pipeline.p]\nstages = s\n[stage.p.s]\n"
                                       "handler = exec:python3 {}\n"
                                       "concurrency = 1\nbackoff_base = 1ms\n{}",
                                       source_path("tests/data/handler.py"), more));
}

void submit(const sandbox& in, const std::string& ini, const std::string& payload) {
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", payload, "--config", ini}).code ==
          0);
}

running start_verbose(const sandbox& in, const std::string& ini,
                      std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"run", "--config", ini, "--log.level", "debug"});
  return in.start(std::move(more));
}

/// The process of the handler, as the log says.
pid_t child_of(const std::string& log) {
  const auto line = log.find("HANDLER_STARTED");
  REQUIRE(line != std::string::npos);
  return std::stoi(log.substr(log.find("pid=", line) + 4));
}

}  // namespace

TEST_CASE("the example in Python and shell works as it is") {
  const sandbox in;
  const auto run = in.shell("cd " + source_path() +
                            " && c='--config examples/handlers/handlers.ini'"
                            " && millrace submit $c --pipeline words --payload"
                            " '{\"text\": \"to be or not\"}'"
                            " && millrace run $c --until-idle");
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK(job_document(in, 1)["output"] == json{{"words", 4}});
  CHECK_THAT(run.err, Catch::Contains("HANDLER_SAID") && Catch::Contains("job=1") &&
                          Catch::Contains("job 1 came by in words"));
}

TEST_CASE("the example that says how far it is works as it is") {
  const sandbox in;
  const auto run = in.shell("cd " + source_path() +
                            " && c='--config examples/handlers/handlers.ini'"
                            " && millrace submit $c --pipeline books --payload"
                            " '{\"pages\": [\"to be\", \"or not\"]}'"
                            " && millrace run $c --until-idle --log.level debug");
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(job_document(in, 1)["output"] == json{{"words", 4}});
  CHECK_THAT(run.err, Catch::Contains("HANDLER_PROGRESS") && Catch::Contains("50 % page 1 of 2"));
}

TEST_CASE("the example for Node gets what the stage before it returned") {
  const sandbox in;
  if (in.shell("node --version").code != 0) {
    WARN("skipped: there is no node");
    return;
  }
  auto ini = contents(examples + "/handlers.ini");
  ini = replace(ini, "counted, noted", "counted, classified, noted");
  ini = replace(ini, "; [stage.words.classified]", "[stage.words.classified]");
  ini = replace(ini, "; handler = exec:node", "handler = exec:node");
  const auto path = in.write("node.ini", ini);
  const auto run = in.shell("cd " + source_path() + " && c='--config " + path +
                            "' && millrace submit $c --pipeline words --payload"
                            " '{\"text\": \"to be\"}'"
                            " && millrace run $c --until-idle");
  INFO(run.err);
  CHECK(job_document(in, 1)["output"] == json{{"words", 2}, {"long", false}});
}

TEST_CASE("of many jobs through one process only the one that is to blame is charged") {
  const sandbox in;
  const auto ini = misbehaving(in, "max_attempts = 2\n");
  std::string lines;
  for (int i = 1; i <= 30; ++i)
    submit(in, ini, i == 15 ? R"({"do": "exit", "code": 3})" : R"({"output": "good"})");
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  for (int i = 1; i <= 30; ++i) {
    const auto one = job_document(in, i);
    CHECK(one["state"] == (i == 15 ? "deadletter" : "done"));
    CHECK(one["attempt"] == (i == 15 ? 2 : 0));
  }
  CHECK(job_document(in, 15)["code"] == "HANDLER_DIED");
  CHECK_THAT(job_document(in, 15)["message"].get<std::string>(),
             Catch::Contains("exit code 3: going down"));
}

TEST_CASE("a process that hangs is timed out with its job, and replaced for the others") {
  const sandbox in;
  const auto ini = misbehaving(in, "timeout = 500ms\nmax_attempts = 1\n");
  submit(in, ini, R"({"do": "deaf"})");
  submit(in, ini, R"({"output": "good"})");
  const auto run = in.millrace({"run", "--until-idle", "--config", ini, "--log.level", "debug"});
  CHECK(run.code == 0);
  CHECK(job_document(in, 1)["code"] == "TIMEOUT");
  CHECK(job_document(in, 2)["state"] == "done");
  CHECK_FALSE(is_alive(child_of(run.err)));
}

TEST_CASE("a cancelled job's process is told, and what it finishes counts") {
  const sandbox in;
  const auto ini = misbehaving(in);
  submit(in, ini, R"({"do": "polite"})");
  submit(in, ini, R"({"do": "hang"})");
  const auto runtime = start_verbose(in, ini, {"--until-idle"});
  runtime.wait_for_error("HANDLER_PROGRESS");
  REQUIRE(in.millrace({"cancel", "1"}).code == 0);
  wait_until([&] {
    return job_document(in, 1)["state"] == "done" && job_document(in, 2)["state"] == "working";
  });
  CHECK(job_document(in, 1)["output"] == "told");
  REQUIRE(in.millrace({"cancel", "2"}).code == 0);
  CHECK(runtime.wait().code == 0);
  CHECK(job_document(in, 2)["state"] == "cancelled");
}

TEST_CASE("at the end of the grace a process is ended, and its job given back uncharged") {
  const sandbox in;
  const auto ini = misbehaving(in);
  submit(in, ini, R"({"do": "deaf"})");
  const auto runtime = start_verbose(in, ini, {"--runtime.shutdown_grace", "50ms"});
  runtime.wait_for_error("HANDLER_PROGRESS");
  runtime.signal(SIGTERM);
  const auto run = runtime.wait();
  CHECK(run.code == 0);
  CHECK_FALSE(is_alive(child_of(run.err)));
  CHECK(job_document(in, 1)["state"] == "queued");
  CHECK(job_document(in, 1)["attempt"] == 0);
  CHECK(job_document(in, 1)["crashes"] == 0);
}

TEST_CASE("a process ends with a runtime that is killed, even when it does not read") {
  const sandbox in;
  const auto ini = misbehaving(in);
  submit(in, ini, R"({"do": "deaf"})");
  const auto runtime = start_verbose(in, ini);
  runtime.wait_for_error("HANDLER_PROGRESS");
  runtime.signal(SIGKILL);
  const auto pid = child_of(runtime.wait().err);
  wait_until([&] { return !is_alive(pid); });
}

TEST_CASE("a process that is never ready costs no attempt, and explain says why the job waits") {
  const sandbox in;
  const auto ini = in.write("m.ini", fmt::format("[pipeline.p]\nstages = s\n[stage.p.s]\n"
                                                 "handler = exec:python3 {} die\n",
                                                 source_path("tests/data/handler.py")));
  submit(in, ini, "{}");
  const auto runtime = start_verbose(in, ini);
  const auto why = [&] { return in.millrace({"explain", "1", "--config", ini}).out; };
  wait_until([&] { return why().find("no such module") != std::string::npos; });
  runtime.wait_for_error("HANDLER_NOT_STARTED");
  stop(runtime);
  CHECK(job_document(in, 1)["attempt"] == 0);
}

TEST_CASE("a handler without its program ends the start with exit code 2") {
  const sandbox in;
  const auto ini =
      in.write("m.ini", "[pipeline.p]\nstages = s\n[stage.p.s]\nhandler = exec:/nonexistent/x\n");
  const auto run = in.millrace({"run", "--config", ini});
  CHECK(run.code == 2);
  CHECK_THAT(run.err, Catch::Contains("/nonexistent/x"));
}

TEST_CASE("a command for each job and an endpoint are stages like others") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = a, b\n[stage.p.a]\n"
                            "handler = exec-once:cat\n"
                            "[stage.p.b]\nhandler = http:http://127.0.0.1:1/none\n"
                            "max_attempts = 1\n");
  submit(in, ini, R"({"n": 1})");
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  CHECK(job_document(in, 1)["stage"] == "b");
  CHECK(job_document(in, 1)["code"] == "SERVICE_FAILED");
  CHECK(job_document(in, 1)["output"]["payload"] == json{{"n", 1}});
}

TEST_CASE("what was submitted and answered comes out as it came in") {
  const sandbox in;
  const std::string value = R"({"n": 123456789012345678901234567890, "p":1.10, "b": 1e2, "a": 0})";
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = a, b\n[stage.p.a]\n"
                            "handler = exec-once:cat\n"
                            "[stage.p.b]\nhandler = exec-once:cat\n");
  submit(in, ini, value);
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  const auto shown = in.millrace({"job", "1", "--json", "--config", ini}).out;
  CHECK_THAT(shown, Catch::Contains("\"payload\": " + value));
  // Of the second stage, in whose input the payload stands once more.
  CHECK_THAT(shown, Catch::Contains("\"input\":{\"id\":1,") &&
                        Catch::Contains("\"payload\":" + value + ",\"input\":null}}"));
  CHECK_THAT(in.millrace({"job", "1", "--config", ini}).out, Catch::Contains(value));
}

TEST_CASE("a handler may call millrace") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = a\n[stage.p.a]\n"
                            "handler = exec-once:sh -c 'millrace jobs --json'\n");
  submit(in, ini, "1");
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK(job_document(in, 1)["output"][0]["state"] == "working");
}

TEST_CASE("a variable that is no setting is named in the log and by config") {
  sandbox in;
  in.set("MILLRACE_PORT_7117_TCP", "tcp://10.0.0.1:7117");
  const auto run = in.millrace({"run", "--until-idle"});
  CHECK(run.code == 0);
  CHECK_THAT(run.err,
             Catch::Contains("VARIABLES_IGNORED") && Catch::Contains("MILLRACE_PORT_7117_TCP"));
  CHECK_THAT(in.millrace({"config"}).out, Catch::Contains("MILLRACE_PORT_7117_TCP"));
}
