#include "pipeline/handlers/register.hpp"
#include "tests/support/collected_answers.hpp"
#include "tests/support/exec.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

// How the processes of `exec:` end.
namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;
using millrace::tests::call;
using millrace::tests::exec;
using millrace::tests::is_alive;
using millrace::tests::open_descriptors;
using millrace::tests::output_or_code;
using millrace::tests::wait_until;

using kind = external::notice::kind;
using texts = std::vector<std::string>;

/// Asks for job 1 on a thread, stops it once the process has reported, and answers what came.
std::vector<std::string> stopped(const exec& handler, const std::string& payload) {
  std::stop_source stop;
  millrace::tests::collected_answers got;
  const std::vector jobs{job{.id = 1, .payload = payload}, job{.id = 2, .payload = exec::good}};
  std::jthread runner{[&] { got = call(*handler, jobs, stop.get_token()); }};
  wait_until([&] { return !handler.said(kind::progress).empty(); });
  stop.request_stop();
  runner.join();
  std::vector<std::string> all;
  for (const auto& one : got.all)
    all.push_back(output_or_code(one));
  return all;
}

TEST_CASE("a stop is told to the process with SIGTERM, and it may answer") {
  const exec handler;
  CHECK(stopped(handler, R"({"do": "polite"})") == texts{R"("told")"});
  CHECK(handler.ask({exec::good}) == texts{exec::good_output});
}

TEST_CASE("a process that does not end after SIGTERM is killed") {
  for (const auto* payload : {R"({"do": "deaf"})", R"({"do": "deaf", "loud": true})"}) {
    auto how = exec::patient();
    how.grace = 50ms;
    const exec handler{"", exec::named(), how};
    CHECK(stopped(handler, payload) == texts{"snooze: the handler was stopped"});
    CHECK(handler.ask({exec::good}) == texts{exec::good_output});
    CHECK(handler.said(kind::started).size() == 2);
  }
}

TEST_CASE("a stop before the work begins begins none") {
  const exec handler;
  std::stop_source stop;
  stop.request_stop();
  const std::vector jobs{job{.id = 1}};
  const auto got = call(*handler, jobs, stop.get_token());
  CHECK_FALSE(got.begun);
  CHECK(got.all.empty());
}

TEST_CASE("a process and its own children end with the handler") {
  const auto before = open_descriptors();
  exec handler;
  const pid_t pid = handler.tell()["pid"];
  const pid_t born = std::stoi(handler.ask({R"({"do": "bear"})"})[0]);
  CHECK(is_alive(born));
  handler.end();
  CHECK_FALSE(is_alive(pid));
  wait_until([&] { return !is_alive(born); });
  CHECK(open_descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a process that dies while it is idle is replaced, and no job is charged") {
  const exec handler;
  const pid_t pid = handler.tell()["pid"];
  kill(pid, SIGKILL);
  wait_until([&] { return !is_alive(pid); });
  CHECK(handler.ask({exec::good}) == texts{exec::good_output});
  CHECK_THAT(handler.said(kind::ended).at(0), Catch::Contains("signal 9"));
}

}  // namespace
