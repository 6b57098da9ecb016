#include "pipeline/handlers/process/exec_once.hpp"

#include "pipeline/handlers/process/parse_answer.hpp"
#include "tests/support/collected_answers.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;
using millrace::tests::output_or_code;

struct once {
  std::vector<std::string> told;
  place where{"p", {.name = "s"}};
  /// So long that no test waits for its end by mistake.
  duration grace = 1min;

  outcome run(const std::string& command_line, const job& what = {.id = 7},
              std::stop_token stop = {}) {
    static const system_clock time;
    external::settings how;
    how.time = &time;
    how.grace = grace;
    how.tell = [this](const external::notice& one) {
      told.push_back(fmt::format("{} {}", one.job, one.text));
    };
    return external::make_once(command_line, where, how)(what, {time.now(), std::move(stop)});
  }
  std::string shell(const std::string& script) {
    return output_or_code(run("sh -c '" + script + "'"));
  }
};

TEST_CASE("the exit code of a command decides, and its last words are the reason") {
  once handler;
  CHECK(handler.shell("exit 0") == "nothing");
  CHECK(handler.shell("echo; echo \"[1,  2.0]\"") == "[1,  2.0]");
  CHECK(handler.shell("echo null") == "nothing");
  CHECK(handler.shell("echo a >&2; echo b >&2; exit 1") ==
        "retry HANDLER_FAILED: sh ended with exit code 1: b");
  CHECK(handler.told == std::vector<std::string>{"7 a", "7 b"});
  CHECK(handler.shell("exit 75") == "retry HANDLER_FAILED: sh ended with exit code 75");
  CHECK(handler.shell("echo bad >&2; exit 65") ==
        "reject HANDLER_FAILED: sh ended with exit code 65: bad");
  CHECK(handler.shell("kill -SEGV $$") ==
        "retry HANDLER_DIED: sh was ended by signal 11 (Segmentation fault)");
  CHECK_THAT(handler.shell("head -c 2000000 /dev/zero"),
             Catch::StartsWith("reject HANDLER_OUTPUT_TOO_LARGE"));
}

TEST_CASE("what a command printed is its output, or plain text, or a failed attempt") {
  once handler;
  const auto print = [&](const std::string& text) {
    return output_or_code(handler.run("printf '%b' '" + text + "'"));
  };
  struct {
    const char* text;
    const char* why;
  } const table[] = {
      {R"({"score": NaN})", "NaN is not a JSON number; use null"},
      {R"({"n": 1e400})", "1e400 is too large for a number"},
      {R"({"f": "\\ud83e"})", R"(\ud83e is half a character)"},
      {R"({"a": 1}\n{"b": 2})", "there are two JSON documents, and one is expected"},
      {R"({"a": [1, 2)", "it ends after 11 bytes, in the middle of a list"},
      {R"(["\0377"])", "it is not UTF-8"},
      {R"(INFO starting\n{"a": 1})", "it is not JSON"},
  };
  for (const auto& [text, why] : table) {
    INFO(text);
    CHECK_THAT(print(text),
               Catch::StartsWith("retry HANDLER_ANSWER: its output cannot be used, because ") &&
                   Catch::Contains(why));
  }
  CHECK(handler.told.empty());
  CHECK(print("3 files\\n") == "nothing");
  CHECK(handler.told ==
        std::vector<std::string>{"7 its output is not JSON, and is dropped: 3 files"});
  CHECK_THAT(print(R"("\\u0000")"), Catch::StartsWith("reject HANDLER_ANSWER"));
}

TEST_CASE("a command reads its job, or does not") {
  once handler;
  const auto seen = nlohmann::json::parse(output_or_code(
      handler.run("cat", {.id = 7, .payload = R"({"a": 1})", .output = R"({"b": 2})"})));
  CHECK(seen["id"] == 7);
  CHECK(seen["pipeline"] == "p");
  CHECK(seen["payload"]["a"] == 1);
  CHECK(seen["input"]["b"] == 2);
  const std::string large = "\"" + std::string(500'000, 'x') + "\"";
  CHECK(output_or_code(handler.run("true", {.id = 7, .payload = large})) == "nothing");
  CHECK(output_or_code(handler.run("wc -c", {.id = 7, .payload = large})).size() == 6);
}

TEST_CASE("a command that takes too long is told to end, then killed") {
  once handler;
  handler.where.stage.timeout = 100ms;
  CHECK(handler.shell("sleep 1000") == "retry TIMEOUT: sh was not done after 100ms");
  handler.grace = 100ms;
  CHECK(handler.shell("trap \"\" TERM; sleep 1000 & sleep 1000; sleep 1000") ==
        "retry TIMEOUT: sh was not done after 100ms");
  CHECK(handler.shell("trap \"\" TERM; while :; do echo no >&2; done") ==
        "retry TIMEOUT: sh was not done after 100ms");
}

TEST_CASE("a command that is stopped is told so, and charged nothing") {
  const millrace::tests::temp_dir folder;
  const auto begun = folder.path() / "begun";
  const auto told = folder.path() / "told";
  once handler;
  std::stop_source stop;
  outcome came;
  std::jthread runner{[&] {
    came = handler.run(
        fmt::format("sh -c 'trap \"touch {}; exit 0\" TERM; touch {}; sleep 1000 & wait'",
                    told.string(), begun.string()),
        {.id = 7}, stop.get_token());
  }};
  millrace::tests::wait_until([&] { return std::filesystem::exists(begun); });
  stop.request_stop();
  runner.join();
  CHECK(std::filesystem::exists(told));
  CHECK(output_or_code(came) == "snooze: the handler was stopped");
}

TEST_CASE("a program that is gone when it is needed costs no attempt") {
  const millrace::tests::temp_dir folder;
  const auto program = folder.path() / "program";
  std::filesystem::copy_file("/bin/true", program);
  once handler;
  static const system_clock time;
  external::settings how;
  how.time = &time;
  how.troubles = std::make_shared<troubles>();
  const auto work = external::make_once(program.string(), handler.where, how);
  CHECK(output_or_code(work({.id = 1}, {time.now(), {}})) == "nothing");
  std::filesystem::remove(program);
  CHECK(output_or_code(work({.id = 1}, {time.now(), {}})) ==
        "snooze: cannot start program: No such file or directory");
  REQUIRE(how.troubles->all().size() == 1);
  CHECK(how.troubles->all().front().why == "cannot start program: No such file or directory");
  std::filesystem::copy_file("/bin/true", program);
  CHECK(output_or_code(work({.id = 1}, {time.now(), {}})) == "nothing");
  CHECK(how.troubles->all().empty());
}

TEST_CASE("no process is left behind") {
  once handler;
  for (int i = 0; i < 100; ++i)
    handler.shell(i % 2 == 0 ? "sleep 1000 & exit 0" : "exit 1");
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

}  // namespace
