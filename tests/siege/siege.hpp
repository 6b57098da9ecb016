#pragma once

#include "tests/app/sandbox.hpp"
#include "tests/siege/garrison.hpp"
#include "tests/siege/load.hpp"
#include "tests/siege/plan.hpp"
#include "tests/siege/postgres_server.hpp"
#include "tests/siege/records.hpp"
#include "tests/siege/small_disk.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::siege {

/// What a siege came to.
struct outcome {
  int rounds = 0;
  int kills = 0;
  std::map<blow, int> blows;
  /// Jobs that were at work when their runtime was killed.
  std::int64_t interrupted = 0;
  /// From the start of the runtimes to the first stage that a job passed, in milliseconds.
  std::vector<double> first_jobs_ms;
  std::map<int, int> ends_in_want;
  std::int64_t submitted = 0;
  std::int64_t there = 0;
  std::int64_t stuck = 0;
  std::size_t lines_compared = 0;
  /// Everything that must not be.
  std::vector<std::string> faults;
};

/// Real runtimes on a real database, with submits going on, and all that may happen to them.
class siege {
 public:
  /// Throws not_here.
  explicit siege(const options& how);

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
  std::unique_ptr<garrison> runtimes_;
  outcome result_;
};

}  // namespace millrace::siege
