#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <string>

namespace {

using namespace millrace;

/// Where a process may have a process namespace of its own.
bool can_be_process_1(const tests::sandbox& in) {
  const bool can = in.shell("unshare --pid --fork --mount-proc true").code == 0;
  if (!can)
    WARN("skipped: no process namespaces here");
  return can;
}

const std::string as_process_1 = "exec unshare --pid --fork --mount-proc --kill-child millrace ";

TEST_CASE("as process 1 a runtime leaves no zombies, and ends with its own exit code") {
  const tests::sandbox in;
  if (!can_be_process_1(in))
    return;
  const auto bear = in.write("bear.sh", "(sleep 1000 &)\n(setsid sleep 0 &)\n");
  const auto count = in.write("count.sh",
                              "for i in $(seq 100); do\n"
                              "  n=$(grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l)\n"
                              "  [ \"$n\" = 0 ] && break\n"
                              "  sleep 0.05\n"
                              "done\n"
                              "echo \"$n\"\n");
  const auto config =
      in.write("p.ini",
               "[pipeline.p]\nstages = bear, count\n[stage.p.bear]\n"
               "handler = exec-once:sh " +
                   bear + "\n[stage.p.count]\nhandler = exec-once:sh " + count + "\n");
  REQUIRE(in.millrace({"submit", "--config", config, "--pipeline", "p"}).code == 0);
  const auto ran = in.shell(as_process_1 + "run --until-idle --config " + config);
  CHECK(ran.code == 0);
  const auto job = nlohmann::json::parse(in.millrace({"job", "1", "--json"}).out);
  CHECK(job["state"] == "done");
  CHECK(job["output"] == 0);
  CHECK(in.shell(as_process_1 + "run --no-such-option").code == 2);
}

TEST_CASE("as process 1 a runtime ends in order when it is told to") {
  const tests::sandbox in;
  if (!can_be_process_1(in))
    return;
  const auto runtime = in.start_in_shell(as_process_1 + "run");
  runtime.wait_for_error("RUNTIME_READY");
  const auto pid = std::to_string(runtime.pid());
  pid_t first = 0;
  std::ifstream{"/proc/" + pid + "/task/" + pid + "/children"} >> first;
  REQUIRE(first > 0);
  ::kill(first, SIGTERM);
  CHECK(runtime.wait().code == 0);
  CHECK(runtime.said("RUNTIME_STOPPED"));
}

}  // namespace
