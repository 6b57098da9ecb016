#include "actors/store/store_actor.hpp"

#include "storage/db/migrate.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/silent_supervisor.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

/// Runs a task when it is told to.
class stepwise_executor final : public executor {
 public:
  void run(std::function<void()> task) override {
    const std::scoped_lock guard{mutex_};
    tasks_.push_back(std::move(task));
    changed_.notify_all();
  }

  std::shared_ptr<executor> beside(unsigned) override {
    return std::make_shared<stepwise_executor>();
  }

  /// False when no task came.
  bool wait() {
    std::unique_lock guard{mutex_};
    return changed_.wait_for(guard, 30s, [this] { return !tasks_.empty(); });
  }

  void step() {
    REQUIRE(wait());
    std::unique_lock guard{mutex_};
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    task();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
};

/// A store with two lanes, each of which waits to be told.
struct two_lanes {
  two_lanes() {
    storage::connection on{database};
    storage::migrate(on, time.now());
    storage::job_store{on, pipelines}.submitter.enqueue(std::vector<storage::new_job>(3),
                                                        time.now());
    store = spawn_store(*self.ptr(), 1, system.spawn(tests::silent_supervisor),
                        {{make_writer(), first}, {make_writer(), second}},
                        {.heartbeat = 1h, .befell = befell});
    first->step();
  }
  ~two_lanes() { caf::anon_send_exit(store, caf::exit_reason::user_shutdown); }
  two_lanes(const two_lanes&) = delete;
  two_lanes& operator=(const two_lanes&) = delete;

  std::shared_ptr<writer> make_writer() const {
    writer_settings made;
    made.database = database;
    made.data_dir = dir.path();
    made.version = "test";
    made.lease = 1h;
    return std::make_shared<writer>(made, pipelines, time);
  }

  auto claim(int jobs) { return self->request(store, 30s, claim_jobs{jobs}); }

  auto advance(const pipeline::job& one) {
    settle_jobs what;
    what.settlements.push_back({one, pipeline::finish{}, false});
    return self->request(store, 30s, std::move(what));
  }

  /// The answer, which must be there or come.
  template <class Reply, class Pending>
  Reply answer(Pending&& pending) {
    Reply got;
    pending.receive([&](Reply& msg) { got = std::move(msg); },
                    [&](const caf::error& e) { FAIL(system.render(e)); });
    return got;
  }

  std::vector<pipeline::job> claimed(int jobs) {
    auto claiming = claim(jobs);
    first->step();
    return answer<jobs_claimed>(claiming).result.jobs;
  }

  tests::temp_dir dir;
  tests::manual_clock time;
  storage::database_settings database{"sqlite:" + (dir.path() / "test.db").string(), 1ms};
  pipeline::catalog pipelines{{{"p", {{.name = "a", .handler = "noop"}}}}};
  std::shared_ptr<incidents> befell = std::make_shared<incidents>();
  std::shared_ptr<stepwise_executor> first = std::make_shared<stepwise_executor>();
  std::shared_ptr<stepwise_executor> second = std::make_shared<stepwise_executor>();
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  store_actor store;
};

TEST_CASE_METHOD(two_lanes, "jobs are claimed while others are settled") {
  const auto jobs = claimed(1);
  REQUIRE(jobs.size() == 1);
  auto settling = advance(jobs[0]);
  REQUIRE(second->wait());
  auto again = claim(2);
  first->step();
  CHECK(answer<jobs_claimed>(again).result.jobs.size() == 2);
  second->step();
  const auto settled = answer<jobs_settled>(settling);
  REQUIRE(settled.results.size() == 1);
  CHECK(settled.results[0]);
}

TEST_CASE_METHOD(two_lanes, "a settlement takes the first lane when the others are busy") {
  const auto jobs = claimed(3);
  REQUIRE(jobs.size() == 3);
  auto one = advance(jobs[0]);
  REQUIRE(second->wait());
  auto two = advance(jobs[1]);
  first->step();
  CHECK(answer<jobs_settled>(two).results.at(0));
  second->step();
  CHECK(answer<jobs_settled>(one).results.at(0));
}

TEST_CASE_METHOD(two_lanes, "a job that is settled on two lanes is settled once") {
  const auto jobs = claimed(1);
  auto one = advance(jobs.at(0));
  REQUIRE(second->wait());
  auto two = advance(jobs.at(0));
  first->step();
  second->step();
  const bool on_second = answer<jobs_settled>(one).results.at(0).has_value();
  const bool on_first = answer<jobs_settled>(two).results.at(0).has_value();
  CHECK(on_first);
  CHECK_FALSE(on_second);
}

TEST_CASE_METHOD(two_lanes, "a runtime whose row is gone is one whose database lost commits") {
  storage::connection{database}.session() << "delete from runtimes";
  time.advance(2h);
  auto claiming = claim(1);
  first->step();
  claiming.receive([](const jobs_claimed&) {}, [](const caf::error&) {});
  self->wait_for(store);
  CHECK(befell->commits_lost == 1);
  CHECK(befell->leases_lost == 0);
}

}  // namespace
