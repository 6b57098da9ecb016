#include "base/log.hpp"
#include "base/seeded_fault.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/simulation.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::simulation;
namespace options = boost::program_options;

struct request {
  std::uint64_t seed = 1;
  std::int64_t seeds = 1;
  int steps = 60;
  double minutes = 0;
  bool twice = false;
  bool history = false;
  bool log = false;
  std::string fault;
  std::string with;
};

/// What would run nothing, or never end, shows nothing.
void require_sense(const request& wanted) {
  if (wanted.seeds < 1)
    throw std::invalid_argument{"--seeds is the number of runs, 1 or more"};
  if (wanted.steps < 1)
    throw std::invalid_argument{"--steps is the number of steps of a run, 1 or more"};
  if (!wanted.with.empty() && !parse_seam(wanted.with))
    throw std::invalid_argument{"--with is none, limits, rows, clocks, locks or lost-commits"};
  if (!(wanted.minutes >= 0))
    throw std::invalid_argument{"--minutes is a time, 0 or more"};
}

volatile std::sig_atomic_t runs_so_far = 0;

/// A check that fails in the product ends the process: then it is told in which run.
void tell_run(int) {
  char text[] = "ended in run          of those that were asked for\n";
  auto left = static_cast<unsigned>(runs_so_far) + 1;
  for (auto* digit = text + 20; left > 0; left /= 10)
    *digit-- = static_cast<char>('0' + left % 10);
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text, sizeof text - 1);
}

void print_failure(const plan& failing, const run_report& report, const request& wanted) {
  fmt::print("seed {}: {}\n", failing.seed, report.broken->what());
  const auto shorter = shrink(failing, report.broken->invariant(), 300);
  const auto last = simulate(shorter, true);
  if (!last.broken)
    return fmt::print("it does not fail again: the run is not deterministic\n");
  fmt::print("the shortest history found, {} of {} steps: {}\n{}", shorter.steps.size(),
             failing.steps.size(), last.broken->what(), describe(shorter));
  for (const auto& line : last.history)
    fmt::print("    {}\n", line);
  fmt::print("again: millrace-sim --seed {} --steps {}{}{}\n", failing.seed, wanted.steps,
             wanted.with.empty() ? "" : " --with ", wanted.with);
}

/// Whether the seed gives no violation, and, if that is wanted, the same digest again.
bool run_seed(std::uint64_t seed, const request& wanted, run_report& report) {
  const auto what = make_plan(seed, wanted.steps, parse_seam(wanted.with));
  try {
    report = simulate(what, wanted.history);
  } catch (const std::exception& e) {
    throw std::runtime_error{fmt::format("seed {}: {}", seed, e.what())};
  }
  for (const auto& line : report.history)
    fmt::print("{}\n", line);
  if (report.broken) {
    if (wanted.fault.empty())
      print_failure(what, report, wanted);
    else
      fmt::print("seed {}: {}\n", seed, report.broken->what());
    return false;
  }
  if (!wanted.twice)
    return true;
  const auto again = simulate(what);
  if (again.digest != report.digest)
    fmt::print("seed {}: digest {:016x}, and then {:016x}\n", seed, report.digest, again.digest);
  return again.digest == report.digest;
}

int run(const request& wanted) {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(clock::now() - begin).count(); };
  std::int64_t runs = 0;
  double simulated = 0;
  run_report report;
  const auto more = [&] {
    return wanted.minutes > 0 ? elapsed() < wanted.minutes * 60 : runs < wanted.seeds;
  };
  if (wanted.minutes > 0) {
    fmt::print("seed after seed from {}\n", wanted.seed);
    // A seed may end the process.
    std::fflush(stdout);
  }
  for (; more(); ++runs) {
    if (!run_seed(wanted.seed + static_cast<std::uint64_t>(runs), wanted, report)) {
      fmt::print("found with seed {} of {}\n", runs + 1, wanted.seeds);
      return 1;
    }
    runs_so_far = runs_so_far + 1;
    simulated += std::chrono::duration<double>(report.simulated).count();
  }
  if (runs == 1)
    fmt::print("seed {}: digest {:016x}, {} jobs, {} calls, {} messages\n", wanted.seed,
               report.digest, report.jobs, report.calls, report.messages);
  fmt::print(
      "{} run(s) without a violation, {:.0f} simulated seconds in {:.1f} s ({:.0f} a second)\n",
      runs, simulated, elapsed(), simulated / elapsed());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  request wanted;
  options::options_description all{"millrace-sim: runtimes in a simulated, hostile world"};
  all.add_options()("seed", options::value(&wanted.seed), "the first seed")(
      "seeds", options::value(&wanted.seeds), "how many seeds, one run each")(
      "steps", options::value(&wanted.steps), "what is done to the runtimes in a run")(
      "with", options::value(&wanted.with),
      "what each world has besides: none, limits, rows, clocks, locks, lost-commits")(
      "minutes", options::value(&wanted.minutes), "run seed after seed for so long")(
      "twice", options::bool_switch(&wanted.twice), "run each seed twice and compare")(
      "history", options::bool_switch(&wanted.history), "print all that happens")(
      "log", options::bool_switch(&wanted.log), "and what the runtimes log")(
      "fault", options::value(&wanted.fault), "with this fault in millrace's own code")("help", "");
  try {
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, all), given);
    options::notify(given);
    if (given.count("help") > 0) {
      std::cout << all;
      return 0;
    }
    require_sense(wanted);
#ifdef MILLRACE_SEEDED_FAULTS
    millrace::pipeline::seeded_fault = wanted.fault;
#else
    if (!wanted.fault.empty()) {
      fmt::print(stderr, "this build has no faults: configure it with MILLRACE_SEEDED_FAULTS=ON\n");
      return 2;
    }
#endif
    std::signal(SIGABRT, tell_run);
    if (wanted.log)
      configure_log(log_level::info, log_format::text);
    return run(wanted);
  } catch (const std::exception& e) {
    fmt::print(stderr, "millrace-sim: {}\n", e.what());
    return 2;
  }
}
