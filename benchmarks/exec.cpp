#include "actors/runtime/runtime.hpp"
#include "base/os/spawn.hpp"
#include "benchmarks/cases.hpp"
#include "benchmarks/workload.hpp"
#include "pipeline/handlers/process/job_document.hpp"
#include "pipeline/handlers/process/split_words.hpp"
#include "pipeline/handlers/register.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace millrace::benchmarks {
namespace {

namespace external = pipeline::external;

/// As one writes a handler in Python that does nothing.
constexpr std::string_view noop = R"(python3 -c '
import json, sys
sys.stdin.readline()
print("{\"ready\": 1}", flush=True)
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "advance": None}), flush=True)
')";

pipeline::definition one_process() {
  auto plan = stages(1, "exec:" + std::string{noop});
  plan.stages.front().concurrency = 1;
  return plan;
}

double rate_with_runtime(const options& wanted, std::int64_t jobs) {
  static const system_clock time;
  const auto plan = one_process();
  bench_database on{wanted.database};
  enqueue(on, plan, jobs);
  on.tidy();
  auto parts = parts_without_handlers(plan);
  external::add_handlers(parts.handlers, {.time = &time});
  auto settings = settings_for(on, wanted);
  settings.until_idle = true;
  actors::run(settings, parts);
  if (ask(on.settings(), "select count(*) from jobs where state <> 'done'") > 0)
    throw std::runtime_error{"not every job is done"};
  const auto took = std::chrono::duration<double>(duration{
      ask(on.settings(), "select max(at) - min(at) from events where job_id is not null")});
  return static_cast<double>(jobs) / took.count();
}

/// Reads until so many lines have come; what comes after them is lost.
void read_lines(const unique_fd& from, std::int64_t count) {
  std::array<char, 65536> buffer;
  while (count > 0) {
    const auto got = ::read(from.get(), buffer.data(), buffer.size());
    if (got <= 0)
      throw std::runtime_error{"the process ended early; is there a python3?"};
    count -= std::count(buffer.begin(), buffer.begin() + got, '\n');
  }
}

void write_all(const unique_fd& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = write_quietly(to, bytes);
    if (count <= 0)
      return;  // the reader says why
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// The same lines through the same process, without anything else.
double rate_over_pipe(std::int64_t jobs) {
  const auto plan = one_process();
  const pipeline::place where{plan.name, plan.stages.front()};
  std::string lines;
  for (pipeline::job_id id = 1; id <= jobs; ++id) {
    external::append_job(lines, {.id = id, .epoch = 1}, where, system_clock{}.now());
    lines += '\n';
  }
  auto in = make_pipe();
  auto out = make_pipe();
  const unique_fd err{::dup(STDERR_FILENO)};
  const auto process =
      os::spawn({.argv = external::split_words(noop).value()}, in.read, out.write, err);
  if (process.pid < 0)
    throw std::runtime_error{"there is no python3"};
  in.read.reset();
  out.write.reset();
  write_all(in.write, "{}\n");
  read_lines(out.read, 1);
  const auto took = time_of([&] {
    const std::jthread writer{[&] { write_all(in.write, lines); }};
    read_lines(out.read, jobs);
  });
  os::reap(process.pid);
  return static_cast<double>(jobs) / took.count();
}

}  // namespace

std::vector<figure> measure_exec(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200'000;
  samples runtime;
  samples bare;
  samples ratio;
  for (int i = 0; i < wanted.runs; ++i) {
    bare.add(rate_over_pipe(jobs));
    runtime.add(rate_with_runtime(wanted, jobs));
    ratio.add(runtime.last() / bare.last());
  }
  return {{"exec, jobs through one Python process", "1/s", runtime},
          {"exec, lines through it over a bare pipe", "1/s", bare},
          {"exec, ratio", "", ratio}};
}

}  // namespace millrace::benchmarks
