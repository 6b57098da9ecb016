#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <string>

// Handlers that take their process with them (tests/support/poison_runtime).
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

/// A job that dies, among others that do not, and a runtime that is restarted when it dies.
struct poisoned {
  sandbox in;
  std::string config;

  explicit poisoned(const std::string& how)
      : config{in.write("m.ini",
                        "[runtime]\nworker_threads = 1\n[pipeline.p]\nstages = a\n"
                        "[stage.p.a]\nhandler = perish:" +
                            how + "\nbackoff_base = 1ms\n")} {
    for (const auto* job : {"--payload 1 --priority 5", "", "", ""})
      REQUIRE(in.shell(fmt::format("millrace-test-poison submit --pipeline p {} --config {}", job,
                                   config))
                  .code == 0);
  }

  /// Its exit code.
  int run() const {
    const auto runtime = in.start_in_shell(
        fmt::format("exec millrace-test-poison run --until-idle --config {}", config));
    wait_until([&] { return runtime.has_ended(); });
    return runtime.wait().code;
  }
  json job(int id) const { return millrace::tests::job_document(in, id); }
  /// How job 1 ended, and that the others did not end like it.
  void check_dead(const char* code, int crashes, int attempts) const {
    const auto dead = job(1);
    CHECK(dead["state"] == "deadletter");
    CHECK(dead["code"] == code);
    CHECK(dead["crashes"] == crashes);
    CHECK(dead["attempt"] == attempts);
    CHECK(states() == "done\ndone\ndone\ndeadletter\n");
  }

 private:
  std::string states() const { return in.shell("millrace jobs --pipeline p | cut -f 4").out; }
};

}  // namespace

TEST_CASE("a handler that ends its process is charged crashes, and is poison after the third") {
  const auto* how = GENERATE("segfault", "abort", "exit", "_exit", "terminate", "stack", "killed");
  CAPTURE(how);
  const poisoned at{how};
  for (int crashes = 1; crashes <= 3; ++crashes) {
    const auto code = at.run();
    INFO("it ended with " << code);
    CHECK((code == 0) == (how == std::string{"_exit"}));
    CHECK(at.job(1)["crashes"] == crashes - 1);
    CHECK(at.job(1)["state"] == "working");
  }
  CHECK(at.run() == 0);
  at.check_dead("POISON", 3, 0);
}

TEST_CASE(
    "a handler that finds no memory, and says so, is charged an attempt and harms no other job") {
  const poisoned at{"bad_alloc"};
  CHECK(at.run() == 0);
  at.check_dead("HANDLER_ERROR", 0, 3);
}
