#define CATCH_CONFIG_RUNNER
#include "tests/siege/siege.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

// millrace-siege: the real binary on a real database, killed, stopped, starved and cut off at
// moments of a seed while jobs are submitted, and judged by what is in the database at the end.
// docs/siege.md

/// SOCI loses a connection that ends while it is made, see storage/postgres.cpp.
extern "C" const char* __lsan_default_suppressions() { return "leak:libsoci_postgresql"; }

namespace {

using namespace millrace::siege;

bool is_skipped = false;

void print(const options& how, outcome result) {
  fmt::print("{}{}, seed {}: {} rounds, {} kills, which came upon {} jobs at work\n", how.database,
             how.small_disk ? " on a small disk" : "", how.seed, result.rounds, result.kills,
             result.interrupted);
  for (const auto& [what, count] : result.blows)
    fmt::print("  {:4} times {}\n", count, describe(what));
  for (const auto& [code, count] : result.ends_in_want)
    fmt::print("  {:4} of those that had too little ended with {}\n", count, code);
  fmt::print("  {} jobs submitted, {} there, {} not ended; {} lines as in a run without faults\n",
             result.submitted, result.there, result.stuck, result.lines_compared);
  auto& first = result.first_jobs_ms;
  std::sort(first.begin(), first.end());
  if (!first.empty())
    fmt::print(
        "  first job after a restart, of {}: median {:.0f} ms, 95 % {:.0f} ms, most {:.0f} ms\n",
        first.size(), first[first.size() / 2], first[first.size() * 95 / 100], first.back());
  for (const auto& fault : result.faults)
    fmt::print("  WRONG: {}\n", fault);
  std::fflush(stdout);
}

}  // namespace

TEST_CASE("whatever is done to runtimes, each job is done once and none is left") {
  try {
    siege under{chosen};
    const auto result = under.run();
    print(chosen, result);
    CHECK(result.faults.empty());
    CHECK(result.there == result.submitted);
    CHECK(result.stuck == 0);
    CHECK(result.kills >= chosen.kills);
  } catch (const not_here& missing) {
    fmt::print("skipped: {}\n", missing.why());
    is_skipped = true;
  }
}

int main(int argc, char** argv) {
  using Catch::clara::Opt;
  Catch::Session session;
  session.cli(session.cli() |
              Opt(chosen.database, "sqlite|postgres")["--database"]("where the jobs are") |
              Opt(chosen.kills, "N")["--kills"]("processes to kill at least") |
              Opt(chosen.seed, "S")["--seed"]("of what happens, and when") |
              Opt(chosen.runtimes, "N")["--runtimes"]("that work at once, on PostgreSQL") |
              Opt(chosen.small_disk)["--small-disk"]("the database's disk is full now and then"));
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0)
    return wrong;
  if ((chosen.database != "sqlite" && chosen.database != "postgres") || chosen.runtimes < 1 ||
      (chosen.database == "sqlite" && chosen.runtimes > 1)) {
    std::fputs("--database is sqlite or postgres; more than one runtime need postgres\n", stderr);
    return 2;
  }
  const int failed = session.run();
  return failed == 0 && is_skipped ? 77 : failed;
}
