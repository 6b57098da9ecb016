#include "tests/support/exec.hpp"

#include "base/duration.hpp"
#include "base/error.hpp"
#include "pipeline/handlers/register.hpp"
#include "tests/support/collected_answers.hpp"
#include "tests/support/heard_progress.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;
using millrace::tests::call;
using millrace::tests::exec;
using millrace::tests::output_or_code;
using nlohmann::json;

using kind = external::notice::kind;
using texts = std::vector<std::string>;

TEST_CASE("one process answers for job after job, in order") {
  const exec handler;
  const auto all =
      handler.ask({R"({"output": 1})", R"({"output": [2]})", "{}", R"({"output": {"a": 4}})"});
  CHECK(all == texts{"1", "[2]", "nothing", R"({"a": 4})"});
  const auto pid = handler.tell()["pid"];
  CHECK(handler.tell()["pid"] == pid);
  CHECK(handler.said(kind::started) == texts{"0 python3"});
}

TEST_CASE("every answer reaches its job") {
  const exec handler;
  const auto all =
      handler.ask({R"({"do": "answer", "answer": {"retry": {"code": "BUSY", "why": "x"}}})",
                   R"({"do": "answer", "answer": {"snooze": {"for": 5, "why": "y"}}})",
                   R"({"do": "answer", "answer": {"reject": {"code": "BAD", "why": "z"}}})"});
  CHECK(all == texts{"retry BUSY: x", "snooze: y", "reject BAD: z"});
}

TEST_CASE("a snooze counts from the answer") {
  const exec handler;
  const std::vector jobs{
      job{.id = 1, .payload = R"({"do": "answer", "answer": {"snooze": {"for": 60}}})"}};
  millrace::tests::collected_answers to;
  (*handler)(jobs, {time_point{}, {}}, to);
  const auto now = system_clock{}.now();
  const auto until = std::get<snooze>(to.all.at(0)).until;
  CHECK(until > now);
  CHECK(until <= now + 60s);
}

TEST_CASE("a process is greeted, and told about the job") {
  const exec handler{"", {"p", {.name = "s", .max_attempts = 4}}};
  const auto seen = handler.tell();
  CHECK(seen["greeting"] == json{{"millrace", 1}, {"pipeline", "p"}, {"stage", "s"}});
  CHECK(seen["job"]["id"] == 1);
  CHECK(seen["job"]["attempt"] == 1);
  CHECK(seen["job"]["max_attempts"] == 4);
  CHECK(seen["job"]["payload"]["do"] == "tell");
  CHECK(seen["job"]["input"].is_null());
}

TEST_CASE("a process has a clean environment, no descriptor of ours and a group of its own") {
  setenv("MILLRACE_TEST_SECRET", "s3cret", 1);
  setenv("MILLRACE_TEST_WANTED", "wanted", 1);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto seen =
      exec{"", {"p", {.name = "s", .environment = {"MILLRACE_TEST_WANTED", "MILLRACE_TEST_NONE"}}}}
          .tell();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  const auto& environment = seen["environment"];
  CHECK_FALSE(environment.contains("MILLRACE_TEST_SECRET"));
  CHECK_FALSE(environment.contains("MILLRACE_TEST_NONE"));
  CHECK(environment["MILLRACE_TEST_WANTED"] == "wanted");
  CHECK(environment["MILLRACE_PIPELINE"] == "p");
  CHECK(environment["MILLRACE_STAGE"] == "s");
  // Where a python3 is a wrapper it puts something before ours.
  CHECK_THAT(environment["PATH"].get<std::string>(), Catch::EndsWith(std::getenv("PATH")));
  // The fourth one reads /proc.
  CHECK(seen["descriptors"] == json{0, 1, 2, 3});
  CHECK(seen["group"] == seen["pid"]);
  CHECK(seen["signals"].dump().find("SigBlk:\\t0000000000000000") != std::string::npos);
}

TEST_CASE(
    "what ends a process is charged to the job in its hands, and the others are asked again") {
  struct {
    std::string payload;
    std::string outcome;
  } const table[] = {
      {R"({"do": "exit", "code": 3})",
       "retry HANDLER_DIED: python3 ended with exit code 3: going down"},
      {R"({"do": "exit", "code": 0})",
       "retry HANDLER_DIED: python3 ended with exit code 0: going down"},
      {R"({"do": "crash"})",
       "retry HANDLER_DIED: python3 was ended by signal 11 (Segmentation fault)"},
      {R"({"do": "raw", "text": "{\"id\": 2, \"advance\": NaN}"})",
       "retry HANDLER_ANSWER: NaN is not a JSON number; use null: {\"id\": 2, \"advance\": NaN}"},
      {R"({"do": "raw", "text": "{\"id\": 2, \"advance\": 1, \"x\": 2}"})",
       "retry HANDLER_ANSWER: an answer does not know \"x\": {\"id\": 2, \"advance\": 1, \"x\": "
       "2}"},
      {R"({"do": "long_line", "size": 2000000})",
       "reject HANDLER_OUTPUT_TOO_LARGE: it wrote a line of more than 1114112 bytes, which is no "
       "answer: it is not JSON: " +
           std::string(100, 'x') + "..."},
  };
  for (const auto& [payload, outcome] : table) {
    INFO(payload);
    const exec handler;
    const auto all = handler.ask({exec::good, payload, exec::good, exec::good});
    CHECK(all == texts{exec::good_output, outcome, exec::good_output, exec::good_output});
    CHECK(handler.said(kind::ended).size() == 1);
    CHECK(handler.said(kind::started).size() == 2);
  }
}

TEST_CASE(
    "a line that may be of the job before is charged when a process of its own writes it, too") {
  struct {
    std::string payload;
    std::string outcome;
  } const table[] = {
      {R"({"do": "raw", "text": "hello"})", "retry HANDLER_ANSWER: it is not JSON: hello"},
      {R"({"do": "raw", "text": ""})",
       "retry HANDLER_ANSWER: it is empty, and one JSON document is expected: "},
      {R"({"do": "raw", "text": "{\"advance\": 1}"})",
       "retry HANDLER_ANSWER: its answer has no \"id\""},
      {R"({"do": "raw", "text": "{\"id\": 3, \"advance\": 1}"})",
       "retry HANDLER_ANSWER: it answered for job 3 while job 2 was next"},
      {R"({"do": "raw", "text": "{\"id\": 3, \"progress\": 1}"})",
       "retry HANDLER_ANSWER: it answered for job 3 while job 2 was next"},
  };
  for (const auto& [payload, outcome] : table) {
    INFO(payload);
    const exec handler;
    const auto all = handler.ask({exec::good, payload, exec::good, exec::good});
    CHECK(all == texts{exec::good_output, outcome, exec::good_output, exec::good_output});
    CHECK(handler.said(kind::ended).size() == 2);
    CHECK(handler.said(kind::started).size() == 3);
  }
}

TEST_CASE("an extra line after an answer is charged to no job, and the log names it") {
  // As a library prints that was asked to be quiet.
  const auto noisy = [](int id) {
    return json{{"do", "raw"},
                {"text", fmt::format("{{\"id\":{},\"advance\":{}}}\nloaded", id, id)}}
        .dump();
  };
  const exec handler;
  CHECK(handler.ask({noisy(1), noisy(2), exec::good, noisy(4), exec::good}) ==
        texts{"1", "2", exec::good_output, "4", exec::good_output});
  REQUIRE_FALSE(handler.said(kind::ended).empty());
  for (const auto& one : handler.said(kind::ended))
    CHECK_THAT(one, Catch::Contains("loaded"));
  // Also when it comes only after the next call has begun.
  for (int i = 0; i < 3; ++i) {
    CHECK(handler.ask({noisy(1)}) == texts{"1"});
    CHECK(handler.ask({exec::good}) == texts{exec::good_output});
  }
}

TEST_CASE("an answer may have as many children as there may be, and more than an output's bytes") {
  const exec handler;
  const std::string url = "https://example.org/articles/2026/11/29/item.html?ref=feed&lang=en";
  auto children = json::array();
  for (int i = 0; i < 10'000; ++i)
    children.push_back({{"pipeline", "page"}, {"payload", {{"url", url + std::to_string(i)}}}});
  const std::vector jobs{job{
      .id = 1,
      .payload = json{{"do", "answer"}, {"answer", {{"advance", nullptr}, {"children", children}}}}
                     .dump()}};
  REQUIRE(jobs[0].payload.size() > std::size_t{1} << 20);
  const auto got = call(*handler, jobs);
  const auto& effects = std::get<advance>(got.all.at(0)).effects;
  REQUIRE(effects.size() == 1);
  CHECK(std::get<effects::make_children>(effects[0]).jobs.size() == 10'000);
}

TEST_CASE("an output that is too large is its job's reject, and the process lives on") {
  const exec handler;
  const auto all = handler.ask({R"({"do": "large", "size": 1048577})", exec::good});
  CHECK_THAT(all[0], Catch::StartsWith("reject HANDLER_OUTPUT_TOO_LARGE"));
  CHECK(all[1] == exec::good_output);
  CHECK(handler.said(kind::ended).empty());
}

TEST_CASE("many large jobs pass through a process at once") {
  const exec handler;
  std::vector<job> jobs;
  for (job_id id = 1; id <= 40; ++id)
    jobs.push_back({.id = id, .payload = json{{"output", std::string(200'000, 'x')}}.dump()});
  const auto got = call(*handler, jobs);
  REQUIRE(got.all.size() == 40);
  for (const auto& one : got.all)
    CHECK(output_or_code(one).size() == 200'002);
}

TEST_CASE("progress on the job in hand is told") {
  const exec handler;
  handler.ask(
      {exec::good,
       R"({"do": "raw", "text": "{\"id\":2,\"progress\":40,\"message\":\"half\"}\n{\"id\":2,\"advance\":1}"})"});
  CHECK(handler.said(kind::progress) == texts{"2 40 % half"});
}

TEST_CASE("progress on the job in hand goes to its listener") {
  const exec handler;
  const std::vector jobs{
      job{.id = 1,
          .payload = json{{"do", "raw"},
                          {"text", R"({"id": 1, "progress": 40, "message": "half"})"
                                   "\n"
                                   R"({"id": 1, "progress": null, "message": "more"})"
                                   "\n"
                                   R"({"id": 1, "advance": 1})"}}
                         .dump()}};
  millrace::tests::collected_answers to;
  millrace::tests::heard_progress heard;
  (*handler)(jobs, {.now = {}, .listener = &heard}, to);
  CHECK(heard.all == texts{"40: half", "?: more"});
  CHECK(to.all.size() == 1);
  CHECK(handler.said(kind::progress) == texts{"1 40 % half", "1 more"});
}

TEST_CASE("what a process says on standard error is told with the job, within bounds") {
  const exec handler;
  handler.ask({R"({"do": "talk", "lines": 2})"});
  CHECK(handler.said(kind::said) == texts{"1 line 0", "1 line 1"});
  handler.ask({R"({"do": "talk", "lines": 100000})"});
  CHECK(handler.said(kind::said).size() < 2000);
}

TEST_CASE(
    "a process that is not ready costs no job an attempt, and is started more and more slowly") {
  struct {
    const char* start;
    duration start_limit;
    const char* why;
  } const table[] = {
      {"die", 1h, "python3 ended with exit code 1: no such module"},
      {"silent", 10ms, "it was not ready after 10ms"},
      {"garbage", 1h, "it did not answer {\"ready\": 1} to the greeting, but: hello"},
      {"newer", 1h, "it speaks version 2 of the protocol, and millrace 1"},
  };
  for (const auto& [start, start_limit, why] : table) {
    INFO(start);
    auto how = exec::patient();
    how.start_limit = start_limit;
    how.troubles = std::make_shared<troubles>();
    const exec handler{start, exec::named(), how};
    const auto expected = fmt::format("snooze: cannot start python3: {}", why);
    CHECK(handler.ask({exec::good, exec::good}) == texts{expected, expected});
    CHECK(handler.said(kind::not_started) == texts{fmt::format("0 {}", why)});
    // The second start is at once, the third in an hour.
    for (int i = 0; i < 3; ++i)
      CHECK(handler.ask({exec::good}) == texts{expected});
    CHECK(handler.said(kind::not_started).size() == 2);
    const std::vector jobs{job{.id = 1}};
    const auto later = call(*handler, jobs);
    CHECK_FALSE(later.begun);
    CHECK(std::get<snooze>(later.all.at(0)).until > system_clock{}.now() + 30min);
    CHECK(std::get<snooze>(later.all.at(0)).code == "OUT_OF_ORDER");
    CHECK(how.troubles->all().at(0).why == "cannot start python3: " + std::string{why});
  }
}

TEST_CASE("an answer before there was a job does not count") {
  const exec handler{"eager"};
  CHECK(handler.ask({exec::good}) ==
        texts{"retry HANDLER_ANSWER: it answered for job 1 before it was asked"});
}

TEST_CASE("a process that says something after its answer is replaced") {
  const exec handler;
  handler.ask(
      {R"({"do": "raw", "text": "{\"id\": 1, \"advance\": 1}\n{\"id\": 1, \"advance\": 2}"})"});
  CHECK(handler.ask({exec::good}) == texts{exec::good_output});
  CHECK_THAT(handler.said(kind::ended).at(0), Catch::Contains("without being asked"));
}

TEST_CASE("a program that is not there, or no command line, is refused at the start") {
  registry handlers;
  external::add_handlers(handlers, exec::patient());
  CHECK_THROWS_WITH(handlers.make("exec:/nonexistent/x y"),
                    Catch::Contains("no program /nonexistent/x"));
  CHECK_THROWS_WITH(handlers.make("exec:no-such-program-here"),
                    Catch::Contains("no-such-program-here"));
  CHECK_THROWS_WITH(handlers.make("exec:/tmp"), Catch::Contains("no program"));
  CHECK_THROWS_WITH(handlers.make("exec:"), Catch::Contains("names no program"));
  CHECK_THROWS_WITH(handlers.make("exec:sh 'a"), Catch::Contains("quote"));
}

TEST_CASE("a process outlives the thread that needed it first") {
  const exec handler;
  json pid;
  std::thread{[&] { pid = handler.tell()["pid"]; }}.join();
  CHECK(handler.tell()["pid"] == pid);
}

TEST_CASE("batches at the same time have processes of their own") {
  const exec handler;
  std::stop_source stop;
  const std::vector hanging{job{.id = 1, .payload = R"({"do": "hang"})"}};
  std::jthread runner{[&] { call(*handler, hanging, stop.get_token()); }};
  CHECK(handler.ask({exec::good}) == texts{exec::good_output});
  stop.request_stop();
}

}  // namespace
