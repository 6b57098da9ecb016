#include "ingest/parse/pool/parser_pool.hpp"

#include "ingest/parse/parser_process.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

using namespace millrace;
using namespace millrace::ingest;
using namespace std::chrono_literals;

namespace {

/// A pool of parsers that do what they are told, under these limits.
struct obedient_pool {
  explicit obedient_pool(parser_settings limits = {}) : processes{with_helper(std::move(limits))} {}

  static parser_settings with_helper(parser_settings limits) {
    if (limits.helper == parser_settings{}.helper)
      limits.helper = tests::build_path("millrace-test-hostile-parser");
    return limits;
  }

  parser_ended told(std::string_view what, const std::stop_token& stop = {}) {
    return convert_file(processes, what, input, {}, {{}, stop});
  }
  std::string says(std::string_view what) {
    return std::get<os::command_result>(told(what)).output;
  }
  pid_t process() { return processes.idle().at(0); }

  const tests::temp_dir folder{};
  const std::string input = folder.write("in", "the file");
  pool::parser_pool processes;
};

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> all;
  for (const auto& thread :
       std::filesystem::directory_iterator{fmt::format("/proc/{}/task", pid)}) {
    std::ifstream file{thread.path() / "children"};
    for (pid_t child = 0; file >> child;)
      all.push_back(child);
  }
  return all;
}

}  // namespace

TEST_CASE("files are read one after the other by forks of one process") {
  obedient_pool pool;
  const auto first = pool.says("pid");
  const auto process = pool.process();
  CHECK(pool.says("pid") != first);
  CHECK(pool.process() == process);
  CHECK(tests::threads_of(process) == 1);
  CHECK(children_of(process).empty());
  // The socket and the two ends that lead nowhere.
  CHECK(tests::open_descriptors(process) == 3);
}

TEST_CASE("a hundred files leave no descriptor, no process and no zombie") {
  obedient_pool pool;
  pool.says("pid");
  const auto before = tests::open_descriptors();
  for (int i = 0; i < 100; ++i)
    pool.told(i % 10 == 0 ? "abort" : "pid");
  CHECK(tests::open_descriptors() == before);
  CHECK(tests::open_descriptors(pool.process()) == 3);
  CHECK(children_of(pool.process()).empty());
}

TEST_CASE("a parser that crashes costs its file, and the process stays") {
  obedient_pool pool;
  pool.says("pid");
  const auto process = pool.process();
  const auto ended = pool.told("abort");
#ifndef __SANITIZE_ADDRESS__
  // The sanitizer makes an exit of the signal.
  CHECK(fakes::code_of(ended) == "PARSER_LIMIT");
#endif
  CHECK(pool.process() == process);
}

TEST_CASE("a parser that reaches its limit of CPU is a reject that says so") {
  parser_settings limits;
  limits.cpu_limit = 1s;
  obedient_pool pool{limits};
  const auto ended = pool.told("compute");
  CHECK(fakes::code_of(ended) == "PARSER_LIMIT");
  CHECK(std::get<reject>(ended).why == "millrace-parser used more than 1 s of CPU");
  // The next file has a second of its own.
  CHECK(fakes::code_of(pool.told("compute")) == "PARSER_LIMIT");
  CHECK(!pool.says("pid").empty());
}

TEST_CASE("a parser that writes too much is a reject that says so") {
  parser_settings limits;
  limits.max_text_size = 100'000;
  const auto ended = obedient_pool{limits}.told("write without end");
  CHECK(fakes::code_of(ended) == "PARSER_LIMIT");
  CHECK_THAT(std::get<reject>(ended).why, Catch::Contains("made more than"));
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a parser that takes too much memory is a reject that says so") {
  const auto ended = obedient_pool{}.told("memory");
  CHECK(std::get<reject>(ended).why ==
        "millrace-parser needs more than 1073741824 bytes of memory");
}
#endif

TEST_CASE("a parser that floods its errors is not held up, and fills no memory") {
  obedient_pool pool;
  const auto result = std::get<os::command_result>(pool.told("flood errors"));
  CHECK(result.output == "done");
  CHECK(result.errors.size() <= 4096);
}

TEST_CASE("a parser that is not done in time is replaced, with its process") {
  parser_settings limits;
  obedient_pool pool{limits};
  std::stop_source stop;
  pool.says("pid");
  const auto process = pool.process();
  std::jthread waiting{[&] { pool.told("wait", stop.get_token()); }};
  std::vector<pid_t> at_work;
  tests::wait_until([&] { return !(at_work = children_of(process)).empty(); });
  stop.request_stop();
  waiting.join();
  CHECK(!tests::is_alive(process));
  CHECK(!tests::is_alive(at_work.at(0)));
  CHECK(!pool.says("pid").empty());
  CHECK(pool.process() != process);

  limits.time_limit = 1ms;
  obedient_pool hasty{limits};
  CHECK(fakes::code_of(hasty.told("wait")) == "PARSER_LIMIT");
  CHECK(hasty.processes.idle().empty());
}

TEST_CASE("a tool that a parser leaves behind ends with it") {
  obedient_pool pool;
  const auto tool = std::stoi(pool.says("leave a tool"));
  CHECK(tool > 0);
  CHECK(::kill(tool, 0) != 0);
  CHECK(children_of(pool.process()).empty());
}

TEST_CASE("a parser process that ended while it had nothing to do is replaced at once") {
  obedient_pool pool;
  pool.says("pid");
  const auto process = pool.process();
  REQUIRE(::kill(process, SIGKILL) == 0);
  tests::wait_until([&] { return !tests::is_alive(process); });
  CHECK(!pool.says("pid").empty());
  CHECK(pool.process() != process);
}

TEST_CASE("a parser process outlives the thread that started it") {
  obedient_pool pool;
  std::thread{[&] { pool.says("pid"); }}.join();
  const auto process = pool.process();
  CHECK(!pool.says("pid").empty());
  CHECK(pool.process() == process);
}

TEST_CASE("files that are read at once have a process each") {
  obedient_pool pool;
  std::stop_source stop;
  {
    std::vector<std::jthread> waiting;
    for (int i = 0; i < 3; ++i)
      waiting.emplace_back([&] { pool.told("wait", stop.get_token()); });
    tests::wait_until([&] {
      const auto all = children_of(::getpid());
      return std::count_if(all.begin(), all.end(), [](pid_t process) {
               return tests::is_alive(process) && !children_of(process).empty();
             }) == 3;
    });
    CHECK(!pool.says("pid").empty());
    stop.request_stop();
  }
  CHECK(pool.processes.idle().size() == 1);
}

TEST_CASE("a runtime that is killed leaves no parser behind") {
  auto ends = make_pipe();
  const auto runtime = ::fork();
  if (runtime == 0) {
    obedient_pool pool;
    pool.says("pid");
    const auto process = pool.process();
    std::thread{[&] { pool.told("wait"); }}.detach();
    tests::wait_until([&] { return !children_of(process).empty(); });
    const std::array pids{process, children_of(process).at(0)};
    if (::write(ends.write.get(), pids.data(), sizeof(pids)) < 0)
      ::_exit(1);
    for (;;)
      ::pause();
  }
  std::array<pid_t, 2> pids{};
  REQUIRE(::read(ends.read.get(), pids.data(), sizeof(pids)) == static_cast<ssize_t>(sizeof(pids)));
  ::kill(runtime, SIGKILL);
  REQUIRE(::waitpid(runtime, nullptr, 0) == runtime);
  tests::wait_until([&] { return !tests::is_alive(pids[0]) && !tests::is_alive(pids[1]); });
}

TEST_CASE("a helper that ends at once is not started for ever, and one that is missing is named") {
  parser_settings other;
  other.helper = "/bin/false";
  CHECK(std::get<os::command_result>(obedient_pool{other}.told("html")).status == 1);
  other.helper = "/nonexistent/tool";
  const auto ended = obedient_pool{other}.told("html");
  CHECK(std::get<snooze>(ended).code == "OUT_OF_ORDER");
  CHECK(std::get<snooze>(ended).why == "cannot start /nonexistent/tool: No such file or directory");
}
