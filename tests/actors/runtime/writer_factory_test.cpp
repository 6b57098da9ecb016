#include "actors/runtime/writer_factory.hpp"

#include "storage/db/migrate.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

/// The data directory of a process that died with job 7 in hand, and the process after it.
struct restarted {
  tests::temp_dir dir;
  tests::manual_clock local;
  pipeline::fleet_clock time{local};
  actors::runtime_settings settings;
  actors::runtime_parts parts{
      .pipelines = pipeline::catalog{{{"p", {{.name = "a", .handler = "noop"}}}}}, .handlers = {}};
  std::shared_ptr<actors::runtime_status> status = std::make_shared<actors::runtime_status>();

  restarted() {
    settings.data_dir = dir.path();
    settings.database = {"sqlite:" + (dir.path() / "test.db").string(), 1ms};
    settings.version = "test";
    settings.lease = 15s;
    storage::crash_journal before{dir.path()};
    before.become({.id = 1, .started_at = time.now()});
    before.take(before.acquire_slot(), 7);
  }

  std::optional<std::vector<pipeline::job_id>> running() const {
    return storage::crash_journal{dir.path()}.running_before();
  }
};

TEST_CASE("the journal of a dead process is kept until its jobs are rescued") {
  restarted after;
  storage::connection other{after.settings.database};
  storage::migrate(other, after.time.now());
  {
    actors::writer_factory writers{
        after.settings, after.parts,
        after.time,     std::make_shared<storage::crash_journal>(after.dir.path()),
        nullptr,        after.status};
    const auto first = writers.make();
    storage::transaction locked{other};
    REQUIRE_THROWS_AS(first->open(), storage::error);
  }
  // That process died as well: the next one must know which job to charge.
  CHECK(after.running() == std::vector<pipeline::job_id>{7});

  const auto journal = std::make_shared<storage::crash_journal>(after.dir.path());
  actors::writer_factory writers{after.settings, after.parts, after.time,
                                 journal,        nullptr,     after.status};
  writers.make()->open();
  CHECK(after.running() == std::vector<pipeline::job_id>{});
  CHECK(storage::crash_journal{after.dir.path()}.runtime_before() == after.status->identity());
}

}  // namespace
