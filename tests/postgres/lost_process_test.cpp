#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/running_jobs.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/wait_until.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

// A runtime on another machine is lost: whether it is dead is seen by its sessions.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using storage::connection;

/// It holds a job, which is in a handler; another runtime watches it.
struct lost_process : storage::testing::store_fixture {
  tests::manual_clock time;
  storage::process self = storage::this_process();
  storage::lease_watch watch{4s};
  const std::string session = database.settings().schema;
  const storage::runtime_id its = self.draw_identity();
  const storage::runtime_id mine = self.draw_identity();
  std::optional<connection> first{std::in_place, settings_of_its()};
  std::optional<connection> second{std::in_place, settings_of_its()};
  pipeline::job job;

  lost_process() {
    for (const auto& [id, process] :
         {std::pair{its, storage::process_name{"elsewhere", "boot", 1, session}},
          std::pair{mine, self.name}})
      storage::register_runtime(on, {.id = id, .process = process, .version = "1.0", .lease = 15s},
                                now);
    add();
    job = store.claims.claim({its, 1}, now).jobs.at(0);
    storage::running_jobs_table recorder{database.settings()};
    recorder.become(its);
    recorder.record(0, std::vector<storage::running_job>{{job.id, job.epoch}});
  }

  storage::database_settings settings_of_its() {
    auto settings = database.settings();
    settings.session_name = session;
    return settings;
  }

  /// Looks once a second.
  void look_for(duration length) {
    for (; length.count() > 0; length -= 1s) {
      store.rescuer.rescue_dead({watch, time, self, mine}, now);
      time.advance(1s);
    }
  }

  void speak() { second->session() << "select 1"; }

  void wait_until_gone() {
    tests::wait_until([&] {
      return ask("select count(*) from pg_stat_activity where application_name = '" + session +
                 "'") == 0;
    });
  }
};

TEST_CASE_METHOD(lost_process, "a process whose sessions end at once is dead, and charged") {
  for (int i = 0; i < 3; ++i) {
    look_for(3s);
    speak();
  }
  look_for(2s);
  first.reset();
  second.reset();
  wait_until_gone();
  look_for(17s);
  CHECK(find(job.id).state == pipeline::job_state::queued);
  CHECK(find(job.id).crashes == 1);
}

TEST_CASE_METHOD(lost_process,
                 "a process whose sessions the server ends after a silence is not charged") {
  look_for(3s);
  speak();
  look_for(8s);
  // As it does when keepalives are not answered.
  ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = '" +
      session + "'");
  wait_until_gone();
  look_for(10s);
  CHECK(find(job.id).state == pipeline::job_state::queued);
  CHECK(find(job.id).crashes == 0);
}

TEST_CASE_METHOD(lost_process, "a process that still has a session is not charged") {
  look_for(3s);
  speak();
  second.reset();
  look_for(17s);
  CHECK(find(job.id).state == pipeline::job_state::queued);
  CHECK(find(job.id).crashes == 0);
}

}  // namespace
