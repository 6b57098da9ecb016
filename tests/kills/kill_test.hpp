#pragma once

#include "tests/app/sandbox.hpp"
#include "tests/kills/load.hpp"
#include "tests/kills/plan.hpp"
#include "tests/kills/postgres_server.hpp"
#include "tests/kills/process_group.hpp"
#include "tests/kills/records.hpp"
#include "tests/kills/small_disk.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::killtest {

/// What a kill test came to.
struct outcome {
  int rounds = 0;
  int kills = 0;
  std::map<blow, int> blows;
  /// Jobs that were at work when their runtime was killed.
  std::int64_t interrupted = 0;
  /// From the start of the runtimes to the first stage that a job passed, in milliseconds.
  std::vector<double> first_jobs_ms;
  std::map<int, int> starved_ends;
  std::int64_t submitted = 0;
  std::int64_t there = 0;
  std::int64_t stuck = 0;
  std::size_t lines_compared = 0;
  /// Everything that must not be.
  std::vector<std::string> faults;
};

/// Real runtimes on a real database, with submits going on, and all that may happen to them.
class kill_test {
 public:
  /// Throws not_here.
  explicit kill_test(const options& how);

  outcome run();

 private:
  void round(blow what);
  void submit(const share& work);
  tests::running start_batch(const share& work) const;
  void finish_batch(const share& work, const tests::running& begun);
  void strike(blow what, const tests::running& submitting);
  void kill_all(const tests::running& submitting);
  void starve(const std::string& limits);
  int anyone();
  void compare_with_a_quiet_run();
  std::vector<std::string> with_config(std::vector<std::string> words) const;
  std::string configure(const tests::sandbox& in, const storage::database_settings& database,
                        const std::filesystem::path& blobs) const;

  options how_;
  simulation::random_source random_;
  tests::sandbox in_;
  tests::sandbox quiet_;
  std::optional<small_disk> disk_;
  std::optional<postgres_server> server_;
  std::optional<records> known_;
  std::string config_;
  load work_;
  std::unique_ptr<process_group> runtimes_;
  outcome result_;
};

}  // namespace millrace::killtest
