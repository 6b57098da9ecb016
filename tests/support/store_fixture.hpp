#pragma once

#include "pipeline/transitions.hpp"
#include "storage/db/database.hpp"
#include "storage/db/migrate.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/runtimes/process.hpp"
#include "tests/support/test_database.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

/// What the tests of storage share: a database of their own, a small catalog.
namespace millrace::storage::testing {

using namespace std::chrono_literals;
using pipeline::job_state;

/// A folder for a SQLite database.
struct temporary_folder : tests::temp_dir {
  std::string url() const { return "sqlite:" + (path() / "test.db").string(); }
};

/// The tests' own time.
inline constexpr time_point start{std::chrono::seconds{1'700'000'000}};

/// Pipeline `trio` with the stages one, two, three, and `solo` with the stage only. Two attempts.
pipeline::catalog small_catalog();

/// Makes a row for a runtime, whose numbers rise.
runtime_id register_runtime(connection& on, const std::string& host, std::int64_t pid,
                            const std::string& version, time_point lease_until, time_point now);

/// A migrated database with a store on it.
struct store_fixture {
  tests::test_database database;
  connection on{database.settings()};
  int migrated = migrate(on, start);
  pipeline::catalog pipelines = small_catalog();
  job_store store{on, pipelines};
  time_point now = start;

  /// Enqueues one job of `trio` and answers its id.
  job_id add(int priority = 0);
  /// Claims all that is due, for runtime 7.
  std::vector<pipeline::job> claim(int limit = 1000);
  /// Adds one and claims it.
  pipeline::job working();
  std::vector<settled> settle(const std::vector<settlement>& all);
  settled settle(const pipeline::job& job, pipeline::transition_event what, bool carry_on = false);
  job_record find(job_id id);
  /// "type code" of each event of the job.
  std::vector<std::string> history(job_id id);
  /// Anything that one statement answers, as a number.
  std::int64_t ask(const std::string& sql);
  bool is_sqlite() const { return on.dialect() == dialect::sqlite; }
};

/// The kind of the storage::error that `work` throws; fails when it throws none.
template <class Work>
error_kind kind_thrown(Work work) {
  try {
    work();
  } catch (const error& e) {
    CHECK_FALSE(e.summary().empty());
    CHECK_FALSE(e.why().empty());
    return e.kind();
  }
  FAIL("it threw nothing");
  return {};
}

}  // namespace millrace::storage::testing
