#include "actors/claim/change_notifier.hpp"
#include "storage/db/migrate.hpp"
#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

// Jobs that are found because the database tells of them, not because a timer has run out.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using pipeline::job_state;
using tests::virtual_runtime;

pipeline::definition one_stage(const std::string& handler) {
  return {"p", {{.name = "a", .handler = handler}}};
}

/// An idle runtime with one stage, whose poller has gone over to its longest wait.
struct idle_runtime : virtual_runtime {
  idle_runtime() { pipelines = {one_stage("noop")}; }
  void start_and_idle() {
    start();
    pass(5s);
  }
};

TEST_CASE("a job that an idle runtime is told of is worked on without time passing") {
  idle_runtime runtime;
  runtime.start_and_idle();
  for (int i = 0; i < 3; ++i) {
    const auto id = runtime.submit(1).front();
    CHECK(runtime.job(id).state == job_state::queued);
    runtime.wake();
    CHECK(runtime.job(id).state == job_state::done);
  }
}

TEST_CASE("a wake for nothing leaves the timer as it is") {
  idle_runtime runtime;
  runtime.settings.poll_interval_min = runtime.settings.poll_interval_max = 200ms;
  runtime.start_and_idle();
  const auto id = runtime.submit(1).front();
  runtime.wake();
  REQUIRE(runtime.job(id).state == job_state::done);
  // That claim restarts the timer. A look in vain, and there is one every 10 ms, must not restart
  // it.
  const auto when = runtime.time().now() + 300ms;
  const auto later =
      runtime.jobs()
          .submitter.enqueue(std::vector<storage::new_job>{{.run_at = when}}, runtime.time().now())
          .front();
  for (int i = 0; i < 60; ++i) {
    runtime.wake();
    runtime.pass(10ms);
  }
  CHECK(runtime.job(later).state == job_state::done);
}

TEST_CASE("a look where nothing changed does not touch the database") {
  idle_runtime runtime;
  runtime.settings.database.busy_timeout = 1ms;
  runtime.start_and_idle();
  runtime.wake();
  {
    const storage::transaction held{runtime.database()};
    runtime.wake();
  }
  // A claim would have failed, and would be tried again only when time passes.
  const auto id = runtime.submit(1).front();
  runtime.wake();
  CHECK(runtime.job(id).state == job_state::done);
}

TEST_CASE("a runtime that drains does not look for jobs") {
  virtual_runtime runtime;
  runtime.pipelines = {one_stage("stops")};
  caf::actor poller;
  std::vector<pipeline::job_id> ids;
  runtime.handlers.add("stops",
                       [&](const pipeline::job&, const pipeline::context&) -> pipeline::outcome {
                         ids = runtime.submit(1);
                         const auto to = caf::actor_cast<actors::poller_actor>(poller);
                         caf::anon_send(to, actors::drain{});
                         caf::anon_send(to, actors::look_for_jobs{});
                         return pipeline::advance{};
                       });
  runtime.start();
  poller = runtime.child("poller");
  runtime.submit(1);
  runtime.wake();
  runtime.wake();
  REQUIRE(ids.size() == 1);
  CHECK(runtime.job(ids.front()).state == job_state::queued);
}

TEST_CASE("a runtime whose disk is nearly full does not look for jobs") {
  idle_runtime runtime;
  runtime.settings.min_free_disk = std::int64_t{1} << 60;
  runtime.start_and_idle();
  const auto id = runtime.submit(1).front();
  runtime.wake();
  CHECK(runtime.job(id).state == job_state::queued);
}

TEST_CASE("a wake while there is too little credit is remembered until there is enough") {
  virtual_runtime runtime;
  runtime.settings.in_flight = 8;  // a claim for less than two is not worth its write
  runtime.settings.poll_interval_min = runtime.settings.poll_interval_max = 1min;
  runtime.pipelines = {one_stage("wakes")};
  caf::actor poller;
  int calls = 0;
  runtime.handlers.add(
      "wakes", [&](const pipeline::job&, const pipeline::context&) -> pipeline::outcome {
        if (++calls == 1) {
          runtime.submit(1);
          caf::anon_send(caf::actor_cast<actors::poller_actor>(poller), actors::look_for_jobs{});
        }
        return pipeline::advance{};
      });
  runtime.start();
  poller = runtime.child("poller");
  runtime.submit(7);
  runtime.wake();
  CHECK(calls == 8);
}

TEST_CASE("a look in vain does not make a runtime believe that nothing is left") {
  idle_runtime runtime;
  runtime.settings.until_idle = true;
  runtime.handlers.add("second",
                       [](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
                         if (j.attempt == 0)
                           return pipeline::retry{"BUSY", "not now", 10s};
                         return pipeline::advance{};
                       });
  runtime.pipelines = {one_stage("second")};
  const pipeline::catalog catalog{runtime.pipelines};
  storage::connection before{runtime.settings.database};
  storage::migrate(before, runtime.time().now());
  const auto ids = storage::job_store{before, catalog}.submitter.enqueue(
      std::vector<storage::new_job>(1), runtime.time().now());
  runtime.start();
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(runtime.has_ended());
    runtime.wake();
    runtime.pass(100ms);
  }
  CHECK(runtime.pass_until([&] { return runtime.has_ended(); }));
  CHECK(runtime.report().went_idle);
  CHECK(runtime.job(ids.front()).state == job_state::done);
}

/// Tells what the test says.
class told_listener final : public storage::change_listener {
 public:
  storage::news wait() override {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return stopped_ || !news_.empty(); });
    if (stopped_)
      return {storage::news::kind::stopped};
    const auto next = news_.front();
    news_.pop_front();
    return next;
  }
  void stop() override {
    const std::scoped_lock guard{mutex_};
    stopped_ = true;
    changed_.notify_all();
  }
  void tell(storage::news::kind what) {
    const std::scoped_lock guard{mutex_};
    news_.push_back({what});
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<storage::news> news_;
  bool stopped_ = false;
};

/// Counts how often pollers were told to look.
class look_count {
 public:
  void add() {
    const std::scoped_lock guard{mutex_};
    ++looks_;
    changed_.notify_all();
  }
  bool reaches(int looks) {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 20s, [&] { return looks_ >= looks; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int looks_ = 0;
};

actors::poller_actor spawn_counter(caf::actor_system& system, look_count& count) {
  return system.spawn([&count](actors::poller_actor::pointer) {
    return actors::poller_actor::behavior_type{[](const actors::begin_work&) {},
                                               [](const actors::give_back_credit&) {},
                                               [](actors::use_room) {},
                                               [](const actors::admit_jobs&) {},
                                               [&count](actors::look_for_jobs) { count.add(); },
                                               [](actors::drain) {},
                                               [](actors::ping) { return actors::pong{}; }};
  });
}

TEST_CASE("the waker tells the poller that it was handed last, and keeps none alive") {
  using kind = storage::news::kind;
  auto made = std::make_unique<told_listener>();
  auto& listener = *made;
  actors::change_notifier wake{std::move(made)};
  look_count first_looks;
  look_count second_looks;
  caf::actor_system_config config;
  caf::actor_system system{config};
  {
    auto first = spawn_counter(system, first_looks);
    wake.wake(first);
    listener.tell(kind::changed);
    CHECK(first_looks.reaches(1));
    caf::anon_send_exit(first, caf::exit_reason::kill);
    first = nullptr;
    // No poller is there to be told.
    listener.tell(kind::changed);
    const auto second = spawn_counter(system, second_looks);
    wake.wake(second);
    listener.tell(kind::nothing_heard);
    listener.tell(kind::heard_again);
    listener.tell(kind::changed);
    CHECK(second_looks.reaches(1));
    caf::anon_send_exit(second, caf::exit_reason::kill);
  }
  system.await_all_actors_done();
  listener.tell(kind::changed);
  CHECK(wake.stop(20s));
}

TEST_CASE("a waker that was never used ends") {
  actors::change_notifier unused{std::make_unique<told_listener>()};
  CHECK(unused.stop(20s));
}

}  // namespace
