#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <string>

// The real runtime takes what it can begin soon, so that what is urgent, short or another's does
// not wait behind what is not.
using millrace::tests::sandbox;
using millrace::tests::wait_until;

namespace {

/// In a pipe each job is a line.
int count_of(const sandbox& in, const std::string& ini, const std::string& filter) {
  const auto told =
      in.shell(fmt::format("millrace jobs --config {} --limit 1000 {} | wc -l", ini, filter));
  return std::stoi(told.out);
}

void submit_lines(const sandbox& in, const std::string& ini, const std::string& pipeline, int from,
                  int to) {
  const auto done =
      in.shell(fmt::format("for i in $(seq {} {}); do echo \"{{\\\"payload\\\": $i}}\"; done"
                           " | millrace submit --config {} --pipeline {} --batch -",
                           from, to, ini, pipeline));
  INFO(done.err);
  REQUIRE(done.code == 0);
}

}  // namespace

TEST_CASE("a handler's process that is slow with one job holds up no other job") {
  const sandbox in;
  const auto barrier_file = (in.folder() / "barrier_file").string();
  REQUIRE(::mkfifo(barrier_file.c_str(), 0600) == 0);
  const auto handler = in.write("h.py", fmt::format(R"(import json, sys
sys.stdin.readline()
print('{{"ready": 1}}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    if job["payload"] == 30:
        open("{}").read()
    print(json.dumps({{"id": job["id"], "advance": None}}), flush=True)
)",
                                                    barrier_file));
  const auto ini = in.write("m.ini", fmt::format("[pipeline.p]\nstages = s\n[stage.p.s]\n"
                                                 "handler = exec:python3 {}\nconcurrency = 2\n",
                                                 handler));
  submit_lines(in, ini, "p", 1, 61);
  auto run = in.start({"run", "--config", ini});
  wait_until([&] { return count_of(in, ini, "--state done") == 60; });
  CHECK(count_of(in, ini, "--state working") == 1);
  std::ofstream{barrier_file} << "open";
  wait_until([&] { return count_of(in, ini, "--state done") == 61; });
  run.signal(SIGTERM);
  CHECK(run.wait().code == 0);
}

TEST_CASE("a stage that waits takes no thread from the others") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.slow]\nstages = s\n[stage.slow.s]\nhandler = sleep:1h\n"
                            "[pipeline.quick]\nstages = q\n[stage.quick.q]\nhandler = noop\n"
                            "[runtime]\nworker_threads = 2\nshutdown_grace = 1ms\n");
  submit_lines(in, ini, "slow", 1, 50);
  auto run = in.start({"run", "--config", ini});
  wait_until([&] { return count_of(in, ini, "--state working --pipeline slow") >= 2; });
  submit_lines(in, ini, "quick", 1, 100);
  wait_until([&] { return count_of(in, ini, "--state done --pipeline quick") == 100; });
  // What it cannot begin is left to other runtimes.
  CHECK(count_of(in, ini, "--state working --pipeline slow") <= 4);
  run.signal(SIGTERM);
  CHECK(run.wait().code == 0);
}

TEST_CASE("an urgent job does not wait until all that came before it has ended") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = s\n[stage.p.s]\nhandler = sleep:10ms\n"
                            "[runtime]\nworker_threads = 2\n");
  // Twenty seconds of work: commands that look on a busy machine take seconds themselves.
  submit_lines(in, ini, "p", 1, 4000);
  auto run = in.start({"run", "--config", ini});
  wait_until([&] { return count_of(in, ini, "--state done") >= 10; });
  REQUIRE(in.millrace({"submit", "--config", ini, "--pipeline", "p", "--payload", "4001",
                       "--priority", "9"})
              .code == 0);
  wait_until([&] { return job_document(in, 4001)["state"] == "done"; });
  CHECK(count_of(in, ini, "--state queued") >= 500);
  run.signal(SIGTERM);
  CHECK(run.wait().code == 0);
}
