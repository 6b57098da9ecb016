#include "actors/flight.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <memory>
#include <span>
#include <thread>
#include <vector>

// Flights that last: what is taken of them while they are under way.
namespace {

using namespace millrace;
using namespace millrace::actors;

std::vector<pipeline::job> some_jobs(int count) {
  std::vector<pipeline::job> all;
  for (int id = 1; id <= count; ++id)
    all.push_back({.id = id});
  return all;
}

/// A handler that advances, but on job 2 tells that it is there and waits to be let go.
struct slow_at_two {
  std::promise<void> reached;
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();

  pipeline::outcome operator()(const pipeline::job& j, const pipeline::context&) {
    if (j.id == 2) {
      reached.set_value();
      opened.wait();
    }
    return pipeline::advance{};
  }
};

struct long_haul {
  tests::temp_dir folder;
  storage::hand_journal hands{folder.path()};
  inline_executor executor;
};

TEST_CASE(
    "of a flight that lasts, what has ended is taken once, and what has not begun comes back") {
  long_haul at;
  slow_at_two gate;
  flight one{some_jobs(4), std::ref(gate), {}};
  std::thread thread{[&] { one.run(at.executor, at.hands); }};
  gate.reached.get_future().wait();
  const auto first = one.take_ended();
  REQUIRE(first.jobs.size() == 1);
  CHECK(first.jobs[0].id == 1);
  CHECK(first.outcomes.size() == 1);
  CHECK(one.take_ended().jobs.empty());
  const auto back = one.recall();
  REQUIRE(back.size() == 2);
  CHECK(back[0].id == 3);
  CHECK(one.recall().empty());
  gate.open.set_value();
  thread.join();
  const auto rest = one.land();
  REQUIRE(rest.jobs.size() == 1);
  CHECK(rest.jobs[0].id == 2);
  CHECK(rest.outcomes.size() == 1);
}

TEST_CASE("a batch handler keeps the jobs that it holds, and loses those behind them") {
  long_haul at;
  std::promise<void> reached;
  std::promise<void> open;
  std::size_t held_at_last = 0;
  const pipeline::batch_handler work = [&](std::span<const pipeline::job>, const pipeline::context&,
                                           pipeline::answers& to) {
    CHECK(to.hold(2) == 2);
    to.begin();
    to.answer(pipeline::advance{});
    reached.set_value();
    open.get_future().wait();
    held_at_last = to.hold(10);
    to.answer(pipeline::advance{});
  };
  flight one{some_jobs(5), work, {}};
  std::thread thread{[&] { one.run(at.executor, at.hands); }};
  reached.get_future().wait();
  CHECK(one.recall().size() == 3);
  open.set_value();
  thread.join();
  CHECK(held_at_last == 1);
  CHECK(one.land().outcomes.size() == 2);
}

TEST_CASE("a batch handler that does not say what it holds has all") {
  long_haul at;
  std::promise<void> reached;
  std::promise<void> open;
  const pipeline::batch_handler work = [&](std::span<const pipeline::job> all,
                                           const pipeline::context&, pipeline::answers& to) {
    reached.set_value();
    open.get_future().wait();
    for (std::size_t i = 0; i < all.size(); ++i)
      to.answer(pipeline::advance{});
  };
  flight one{some_jobs(3), work, {}};
  std::thread thread{[&] { one.run(at.executor, at.hands); }};
  reached.get_future().wait();
  CHECK(one.recall().empty());
  open.set_value();
  thread.join();
  CHECK(one.land().outcomes.size() == 3);
}

TEST_CASE("an abandoned flight gives what was not taken of it") {
  long_haul at;
  slow_at_two gate;
  flight one{some_jobs(4), std::ref(gate), {}};
  std::thread thread{[&] { one.run(at.executor, at.hands); }};
  gate.reached.get_future().wait();
  REQUIRE(one.take_ended().jobs.size() == 1);
  const auto cut = one.abandon(at.executor);
  REQUIRE(cut.jobs.size() == 3);
  CHECK(cut.jobs[0].id == 2);
  CHECK(cut.outcomes.empty());
  CHECK(cut.cut_short);
  gate.open.set_value();
  thread.join();
}

}  // namespace
