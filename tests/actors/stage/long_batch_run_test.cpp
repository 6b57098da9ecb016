#include "actors/stage/batch_run.hpp"
#include "tests/actors/stage/batch_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <future>
#include <span>
#include <thread>
#include <vector>

// Flights that last: what is taken of them while they are under way.
namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace millrace::actors::testing;

TEST_CASE(
    "of a flight that lasts, what has ended is taken once, and what has not begun comes back") {
  batch_fixture at;
  held_handler held;
  batch_run one{jobs(4), std::ref(held), {}};
  std::thread thread{[&] { one.run(at.executor, at.journal); }};
  held.reached.get_future().wait();
  const auto first = one.take_ended();
  REQUIRE(first.jobs.size() == 1);
  CHECK(first.jobs[0].id == 1);
  CHECK(first.outcomes.size() == 1);
  CHECK(one.take_ended().jobs.empty());
  const auto back = one.recall();
  REQUIRE(back.size() == 2);
  CHECK(back[0].id == 3);
  CHECK(one.recall().empty());
  held.open.set_value();
  thread.join();
  const auto rest = one.result();
  REQUIRE(rest.jobs.size() == 1);
  CHECK(rest.jobs[0].id == 2);
  CHECK(rest.outcomes.size() == 1);
}

TEST_CASE("a batch handler keeps the jobs that it holds, and loses those behind them") {
  batch_fixture at;
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
  batch_run one{jobs(5), work, {}};
  std::thread thread{[&] { one.run(at.executor, at.journal); }};
  reached.get_future().wait();
  CHECK(one.recall().size() == 3);
  open.set_value();
  thread.join();
  CHECK(held_at_last == 1);
  CHECK(one.result().outcomes.size() == 2);
}

TEST_CASE("a batch handler that does not say what it holds has all") {
  batch_fixture at;
  std::promise<void> reached;
  std::promise<void> open;
  const pipeline::batch_handler work = [&](std::span<const pipeline::job> all,
                                           const pipeline::context&, pipeline::answers& to) {
    reached.set_value();
    open.get_future().wait();
    for (std::size_t i = 0; i < all.size(); ++i)
      to.answer(pipeline::advance{});
  };
  batch_run one{jobs(3), work, {}};
  std::thread thread{[&] { one.run(at.executor, at.journal); }};
  reached.get_future().wait();
  CHECK(one.recall().empty());
  open.set_value();
  thread.join();
  CHECK(one.result().outcomes.size() == 3);
}

TEST_CASE("an abandoned flight gives what was not taken of it") {
  batch_fixture at;
  held_handler held;
  batch_run one{jobs(4), std::ref(held), {}};
  std::thread thread{[&] { one.run(at.executor, at.journal); }};
  held.reached.get_future().wait();
  REQUIRE(one.take_ended().jobs.size() == 1);
  const auto cut = one.abandon(at.executor);
  REQUIRE(cut.jobs.size() == 3);
  CHECK(cut.jobs[0].id == 2);
  CHECK(cut.outcomes.empty());
  CHECK(cut.cut_short);
  held.open.set_value();
  thread.join();
}

}  // namespace
