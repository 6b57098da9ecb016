#include "actors/stage/batch_run.hpp"

#include "tests/actors/stage/batch_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace millrace::actors::testing;
using namespace std::chrono_literals;

TEST_CASE("a flight calls the handler for each job, in order") {
  batch_fixture at;
  std::vector<pipeline::job_id> seen;
  batch_run one{jobs(3),
                [&](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
                  seen.push_back(j.id);
                  return pipeline::advance{};
                },
                {}};
  one.run(at.executor, at.journal);
  const auto report = one.result();
  CHECK(seen == std::vector<pipeline::job_id>{1, 2, 3});
  CHECK(report.outcomes.size() == 3);
  CHECK_FALSE(report.cut_short);
}

TEST_CASE("what a handler throws is a retry of that job alone") {
  batch_fixture at;
  batch_run one{jobs(3),
                [](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
                  if (j.id == 2)
                    throw std::runtime_error{"no"};
                  return pipeline::advance{};
                },
                {}};
  one.run(at.executor, at.journal);
  const auto report = one.result();
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[0]));
  CHECK(std::get<pipeline::retry>(report.outcomes[1]).code == "HANDLER_ERROR");
  CHECK(std::get<pipeline::retry>(report.outcomes[1]).why == "no");
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[2]));
}

TEST_CASE("an abandoned flight keeps what has ended and tells what was cut short") {
  batch_fixture at;
  held_handler handler;
  batch_run one{jobs(4), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.reached.get_future().wait();
  CHECK(one.in_handler() == 1U);
  const auto report = one.abandon(at.executor);
  handler.open.set_value();
  worker.join();
  CHECK(report.jobs.size() == 4);
  CHECK(report.outcomes.size() == 1);
  CHECK(report.cut_short);
  CHECK(handler.stop_was_asked);
  CHECK_FALSE(one.in_handler());
}

TEST_CASE("a flight that is abandoned before it began calls no handler") {
  batch_fixture at;
  batch_run one{jobs(2),
                [](const pipeline::job&, const pipeline::context&) -> pipeline::outcome {
                  throw std::logic_error{"called"};
                },
                {}};
  const auto report = one.abandon(at.executor);
  one.run(at.executor, at.journal);
  CHECK(report.jobs.size() == 2);
  CHECK(report.outcomes.empty());
  CHECK_FALSE(report.cut_short);
}

TEST_CASE("only the handler of the job that is meant is asked to stop") {
  batch_fixture at;
  held_handler handler;
  batch_run one{jobs(2), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.reached.get_future().wait();
  SECTION("another job") {
    one.ask_to_stop(1);
    handler.open.set_value();
    worker.join();
    CHECK_FALSE(handler.stop_was_asked);
  }
  SECTION("this job") {
    one.ask_to_stop(2);
    handler.open.set_value();
    worker.join();
    CHECK(handler.stop_was_asked);
  }
}

/// A batch handler that answers for as many jobs as it is told to each time it is called.
struct stepwise {
  std::vector<int> steps;
  std::vector<std::vector<pipeline::job_id>> calls;

  void operator()(std::span<const pipeline::job> jobs, const pipeline::context& at,
                  pipeline::answers& to) {
    auto& seen = calls.emplace_back();
    for (const auto& one : jobs)
      seen.push_back(one.id);
    to.begin();
    for (int i = 0; i < steps.at(calls.size() - 1); ++i)
      to.answer(pipeline::advance{});
    CHECK_FALSE(at.stop.stop_requested());
  }
};

std::string code_of(const pipeline::outcome& what) { return std::get<pipeline::retry>(what).code; }

TEST_CASE("a batch handler is called for all jobs, and again for those that it left") {
  batch_fixture at;
  stepwise handler{{2, 3}, {}};
  batch_run one{jobs(5), pipeline::batch_handler{std::ref(handler)}, {}};
  one.run(at.executor, at.journal);
  CHECK(one.result().outcomes.size() == 5);
  CHECK(handler.calls == std::vector<std::vector<pipeline::job_id>>{{1, 2, 3, 4, 5}, {3, 4, 5}});
}

TEST_CASE("a batch handler that answers nothing fails one job, and is called for the others") {
  batch_fixture at;
  stepwise handler{{0, 1, 1}, {}};
  batch_run one{jobs(3), pipeline::batch_handler{std::ref(handler)}, {}};
  one.run(at.executor, at.journal);
  const auto report = one.result();
  CHECK(code_of(report.outcomes[0]) == "HANDLER_ERROR");
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[2]));
}

TEST_CASE("what a batch handler throws is a retry of the first job that has no outcome") {
  batch_fixture at;
  int calls = 0;
  batch_run one{jobs(3),
                pipeline::batch_handler{[&](std::span<const pipeline::job> left,
                                            const pipeline::context&, pipeline::answers& to) {
                  to.answer(pipeline::advance{});
                  if (++calls == 1)
                    throw std::runtime_error{"no"};
                  CHECK(left.size() == 1);
                }},
                {}};
  one.run(at.executor, at.journal);
  const auto report = one.result();
  CHECK(calls == 2);
  CHECK(std::get<pipeline::retry>(report.outcomes[1]).why == "no");
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[2]));
}

/// A batch handler that begins when it is let, answers for job 1, tells that job 2 is in its hands
/// and waits to be asked to stop.
struct waiting_batch {
  std::promise<void> called;
  std::promise<void> begin;
  std::promise<void> reached;
  std::promise<void> stopped;
  int calls = 0;

  void operator()(std::span<const pipeline::job> left, const pipeline::context& at,
                  pipeline::answers& to) {
    if (++calls > 1) {
      CHECK_FALSE(at.stop.stop_requested());
      for (std::size_t i = 0; i < left.size(); ++i)
        to.answer(pipeline::advance{});
      return;
    }
    called.set_value();
    begin.get_future().wait();
    to.begin();
    to.answer(pipeline::advance{});
    const std::stop_callback on_stop{at.stop, [this] { stopped.set_value(); }};
    reached.set_value();
    stopped.get_future().wait();
    to.answer(pipeline::snooze{{}, "stopped"});
  }
};

TEST_CASE("of a batch the first job without an outcome is in hand, once the handler has begun") {
  batch_fixture at;
  waiting_batch handler;
  batch_run one{jobs(4), pipeline::batch_handler{std::ref(handler)}, {}};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.called.get_future().wait();
  CHECK_FALSE(one.in_handler());
  handler.begin.set_value();
  handler.reached.get_future().wait();
  CHECK(one.in_handler() == 1U);
  const storage::crash_journal after_a_crash{at.folder.path()};
  CHECK(after_a_crash.running_before() == std::vector<pipeline::job_id>{2});

  SECTION("a stop for it is for no other job") {
    one.ask_to_stop(3);
    one.ask_to_stop(2);
    worker.join();
    const auto report = one.result();
    CHECK(std::holds_alternative<pipeline::snooze>(report.outcomes[1]));
    CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[2]));
    CHECK(handler.calls == 2);
  }
  SECTION("when the flight is abandoned it alone is cut short") {
    const auto report = one.abandon(at.executor);
    worker.join();
    CHECK(report.jobs.size() == 4);
    CHECK(report.outcomes.size() == 1);
    CHECK(report.cut_short);
    CHECK(handler.calls == 1);
  }
}

TEST_CASE("a batch that is abandoned before its handler has begun is cut short nowhere") {
  batch_fixture at;
  waiting_batch handler;
  batch_run one{jobs(2), pipeline::batch_handler{std::ref(handler)}, {}};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.called.get_future().wait();
  const auto report = one.abandon(at.executor);
  CHECK(report.jobs.size() == 2);
  CHECK(report.outcomes.empty());
  CHECK_FALSE(report.cut_short);
  handler.begin.set_value();
  worker.join();
  CHECK_FALSE(one.in_handler());
}

/// What the status has of a job, as its message; "nothing" for nothing.
std::string said_of(const job_progress& status, pipeline::job_id id) {
  const auto found = status.find({id, 0});
  return found ? found->what.message : "nothing";
}

/// A handler that says how far it is with each job, and waits on job 2 until it is let go.
struct reporting_barrier {
  held_handler on;

  pipeline::outcome operator()(const pipeline::job& j, const pipeline::context& at) {
    at.progress(10, "begun");
    at.progress(50.0 * static_cast<double>(j.id), "job " + std::to_string(j.id));
    return on(j, at);
  }
};

TEST_CASE("what a handler says of how far it is can be read until the job has its outcome") {
  batch_fixture at;
  reporting_barrier handler;
  const auto status = std::make_shared<job_progress>();
  batch_run one{jobs(3), std::ref(handler), {}, status};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.on.reached.get_future().wait();
  CHECK(said_of(*status, 1) == "nothing");
  CHECK(said_of(*status, 2) == "job 2");
  CHECK(status->find({2, 0})->what.percent == 100);
  CHECK_FALSE(status->find({2, 1}));
  SECTION("it answers") {
    handler.on.open.set_value();
    worker.join();
  }
  SECTION("the flight is abandoned") {
    one.abandon(at.executor);
    CHECK(said_of(*status, 2) == "nothing");
    handler.on.open.set_value();
    worker.join();
  }
  for (int id = 1; id <= 3; ++id)
    CHECK(said_of(*status, id) == "nothing");
}

TEST_CASE("a handler that is abandoned says nothing more") {
  batch_fixture at;
  held_handler before;
  const auto status = std::make_shared<job_progress>();
  batch_run one{jobs(2),
                [&](const pipeline::job& j, const pipeline::context& in) {
                  auto outcome = before(j, in);
                  in.progress("too late");
                  return outcome;
                },
                {},
                status};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  before.reached.get_future().wait();
  one.abandon(at.executor);
  before.open.set_value();
  worker.join();
  CHECK(said_of(*status, 2) == "nothing");
}

TEST_CASE("what a batch handler says is of the job in its hands") {
  batch_fixture at;
  const auto status = std::make_shared<job_progress>();
  std::vector<std::string> seen;
  batch_run one{jobs(3),
                pipeline::batch_handler{[&](std::span<const pipeline::job> left,
                                            const pipeline::context& in, pipeline::answers& to) {
                  in.progress("not begun");
                  seen.push_back(said_of(*status, left.front().id));
                  to.begin();
                  in.progress("first");
                  seen.push_back(said_of(*status, left.front().id));
                  to.answer(pipeline::advance{});
                  seen.push_back(said_of(*status, left.front().id));
                  if (left.size() > 1) {
                    in.progress("second");
                    seen.push_back(said_of(*status, left[1].id));
                  }
                }},
                {},
                status};
  one.run(at.executor, at.journal);
  CHECK(seen == std::vector<std::string>{"nothing", "first", "nothing", "second", "nothing",
                                         "first", "nothing", "second", "nothing", "first",
                                         "nothing"});
  for (int id = 1; id <= 3; ++id)
    CHECK(said_of(*status, id) == "nothing");
}

TEST_CASE("the journal names the job in the handler, for a restart after a crash") {
  batch_fixture at;
  held_handler handler;
  batch_run one{jobs(3), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.journal); }};
  handler.reached.get_future().wait();
  const storage::crash_journal after_a_crash{at.folder.path()};
  CHECK(after_a_crash.running_before() == std::vector<pipeline::job_id>{2});
  handler.open.set_value();
  worker.join();
  const storage::crash_journal after_batch{at.folder.path()};
  CHECK(after_batch.running_before() == std::vector<pipeline::job_id>{});
}

}  // namespace
