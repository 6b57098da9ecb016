#include "app/screen/runtime_poller.hpp"

#include "actors/inspector/client/connect.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

using namespace millrace;
using namespace millrace::app;
using namespace std::chrono_literals;

namespace {

/// A runtime as the poller meets it, moved by the test.
struct far_side {
  std::atomic<bool> is_there = true;
  std::atomic<std::int64_t> runtime_id = 1;
  std::atomic<int> jobs_asked = 0;
  std::mutex mutex;
  std::vector<actors::change_order> orders;
  /// While it is held, no caller gets an answer.
  std::mutex hang;
  /// A caller waits for one.
  std::atomic<bool> is_waited_for = false;
};

class scripted_source : public runtime_client {
 public:
  explicit scripted_source(far_side& far) : far_{far} { check(); }

  actors::runtime_view runtime() override {
    check();
    return {.runtime_id = far_.runtime_id};
  }
  actors::actors_view actors() override { return {}; }
  actors::stages_view stages() override { return {}; }
  actors::health_view health() override { return {.state = "healthy"}; }
  actors::runtimes_view runtimes() override { return {}; }
  actors::services_view services() override { return {}; }
  actors::jobs_view jobs(const actors::get_jobs&) override {
    ++far_.jobs_asked;
    return {};
  }
  actors::job_view job(pipeline::job_id id) override { return {.text = std::to_string(id)}; }
  actors::events_view events(const actors::get_events& filter) override {
    CHECK(filter.after < 0);
    return {};
  }
  actors::order_answer change(const actors::change_order& what) override {
    check();
    const std::lock_guard lock{far_.mutex};
    far_.orders.push_back(what);
    return {true, "done"};
  }

 private:
  void check() const {
    std::unique_lock held{far_.hang, std::try_to_lock};
    if (!held) {
      far_.is_waited_for = true;
      held.lock();
    }
    if (!far_.is_there)
      throw actors::attach_error{"gone", ""};
  }

  far_side& far_;
};

struct feed_fixture {
  const system_clock time;
  far_side far;
  runtime_poller from{std::make_unique<scripted_source>(far),
                      [this] { return std::make_unique<scripted_source>(far); }, time};

  /// The first updates of which the condition holds.
  template <class Condition>
  updates wait_for(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    for (;;) {
      auto next = from.take();
      if (holds(next))
        return next;
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::yield();
    }
  }
};

}  // namespace

TEST_CASE("feed: pictures come, with what is wanted and nothing else") {
  feed_fixture on;
  auto next = on.wait_for([](const updates& one) { return one.newest.has_value(); });
  CHECK(next.newest->runtime.runtime_id == 1);
  CHECK(next.newest->health.state == "healthy");
  CHECK(next.waiting.empty());
  CHECK(on.far.jobs_asked == 0);
  const screen_query jobs{.in = pane_id::jobs, .jobs = {.stage = "parsing"}, .job = 7};
  on.from.want(jobs);
  next = on.wait_for([&](const updates& one) { return one.newest && one.newest->asked == jobs; });
  CHECK(on.far.jobs_asked > 0);
  CHECK(next.newest->job->text == "7");
}

TEST_CASE("feed: a runtime that went away is waited for, and its successor taken") {
  feed_fixture on;
  on.wait_for([](const updates& one) { return one.newest.has_value(); });
  on.far.is_there = false;
  auto next = on.wait_for([](const updates& one) { return !one.waiting.empty(); });
  CHECK(next.waiting == "gone");
  // What is ordered now was meant for the one that has gone.
  on.from.order({.what = actors::order::drain});
  on.far.runtime_id = 2;
  on.far.is_there = true;
  std::vector<actors::order_answer> answers;
  on.wait_for([&](const updates& one) {
    answers.insert(answers.end(), one.answers.begin(), one.answers.end());
    return one.newest && one.newest->runtime.runtime_id == 2;
  });
  REQUIRE(answers.size() == 1);
  CHECK_FALSE(answers[0].done);
  CHECK(on.far.orders.empty());
}

TEST_CASE("feed: orders are carried out once each, in their order") {
  feed_fixture on;
  on.from.order({.what = actors::order::pause, .stage = "a"});
  on.from.order({.what = actors::order::resume, .stage = "a"});
  std::size_t answers = 0;
  on.wait_for([&](const updates& one) { return (answers += one.answers.size()) == 2; });
  const std::lock_guard lock{on.far.mutex};
  REQUIRE(on.far.orders.size() == 2);
  CHECK(on.far.orders[0].what == actors::order::pause);
  CHECK(on.far.orders[1].what == actors::order::resume);
}

TEST_CASE("feed: a runtime that hangs does not hold up the screen") {
  feed_fixture on;
  on.wait_for([](const updates& one) { return one.newest.has_value(); });
  std::unique_lock hang{on.far.hang};
  on.from.want({.in = pane_id::actors});
  on.from.order({.what = actors::order::drain});
  on.wait_for([&](const updates&) { return on.far.is_waited_for.load(); });
  CHECK_FALSE(on.from.end_within(1ms));
  hang.unlock();
  CHECK(on.from.end_within(60s));
}
