#include "tests/kills/cut_off.hpp"
#include "tests/kills/kill_test.hpp"
#include "tests/kills/lost_link.hpp"
#include "tests/support/session.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

// millrace-killtest: the real binary on a real database, killed, stopped, starved and cut off at
// moments of a seed while jobs are submitted, and judged by what is in the database at the end.
// docs/kill-tests.md

/// SOCI loses a connection that ends while it is made, see storage/db/postgres.cpp.
extern "C" const char* __lsan_default_suppressions() { return "leak:libsoci_postgresql"; }

namespace {

using namespace millrace::killtest;

bool is_skipped = false;

void print_times(const char* what, std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  if (!ms.empty())
    fmt::print("  {}, of {}: median {:.0f} ms, 95 % {:.0f} ms, most {:.0f} ms\n", what, ms.size(),
               ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back());
}

void print(const options& how, const cut_off_outcome& result) {
  fmt::print("PostgreSQL over networks of their own, seed {}\n", how.seed);
  for (const auto& [what, count] : result.outages)
    fmt::print("  {:4} times {}\n", count, describe(what));
  fmt::print("  {} jobs submitted, {} done with their own result\n", result.submitted, result.done);
  print_times("first job of the others", result.first_jobs_ms);
  print_times("rescue of all jobs of the lost one", result.rescues_ms);
  for (const auto& fault : result.faults)
    fmt::print("  WRONG: {}\n", fault);
  std::fflush(stdout);
}

void print(const options& how, outcome result) {
  fmt::print("{}{}, seed {}: {} rounds, {} kills, which came upon {} jobs at work\n", how.database,
             how.small_disk ? " on a small disk" : "", how.seed, result.rounds, result.kills,
             result.interrupted);
  for (const auto& [what, count] : result.blows)
    fmt::print("  {:4} times {}\n", count, describe(what));
  for (const auto& [code, count] : result.starved_ends)
    fmt::print("  {:4} of those that had too little ended with {}\n", count, code);
  fmt::print("  {} jobs submitted, {} there, {} not ended; {} lines as in a run without faults\n",
             result.submitted, result.there, result.stuck, result.lines_compared);
  print_times("first job after a restart", std::move(result.first_jobs_ms));
  for (const auto& fault : result.faults)
    fmt::print("  WRONG: {}\n", fault);
  std::fflush(stdout);
}

}  // namespace

TEST_CASE("whatever is done to runtimes, each job is done once and none is left") {
  if (chosen.network)
    return;
  try {
    kill_test test{chosen};
    const auto result = test.run();
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

TEST_CASE("a runtime that is lost within a transaction stops no other one") {
  if (!chosen.network)
    return;
  try {
    cut_off under{chosen};
    const auto result = under.run();
    print(chosen, result);
    CHECK(result.faults.empty());
    CHECK(result.done == result.submitted);
  } catch (const not_here& missing) {
    fmt::print("skipped: {}\n", missing.why());
    is_skipped = true;
  }
}

TEST_CASE("a runtime that is cut off is charged nothing, and one that is killed is") {
  if (!chosen.network)
    return;
  try {
    for (const auto& fault : charge_only_the_dead())
      FAIL_CHECK(fault);
  } catch (const not_here& missing) {
    fmt::print("skipped: {}\n", missing.why());
    is_skipped = true;
  }
}

int main(int argc, char** argv) {
  millrace::tests::session session;
  session.add(chosen.database, "--database", "sqlite|postgres", "where the jobs are");
  session.add(chosen.kills, "--kills", "N", "processes to kill at least");
  session.add(chosen.seed, "--seed", "S", "of what happens, and when");
  session.add(chosen.runtimes, "--runtimes", "N", "that work at once, on PostgreSQL");
  session.add(chosen.small_disk, "--small-disk", "the database's disk is full now and then");
  session.add(chosen.network, "--network", "runtimes on PostgreSQL are cut off from it");
  session.add(chosen.on_time, "--on-time", "with --network: what is late is wrong");
  if (const auto end = session.read(argc, argv))
    return *end;
  if ((chosen.database != "sqlite" && chosen.database != "postgres") || chosen.runtimes < 1 ||
      (chosen.database == "sqlite" && (chosen.runtimes > 1 || chosen.network))) {
    std::fputs(
        "--database is sqlite or postgres; --network and more than one runtime need postgres\n",
        stderr);
    return 2;
  }
  const int failed = session.run();
  return failed == 0 && is_skipped ? 77 : failed;
}
