#include "actors/flight.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

std::vector<pipeline::job> jobs(int count) {
  std::vector<pipeline::job> all;
  for (int id = 1; id <= count; ++id)
    all.push_back({.id = id});
  return all;
}

/// A handler that advances, but on job 2 tells that it is there and waits to be let go.
struct gate {
  std::promise<void> reached;
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();
  bool stop_was_asked = false;

  pipeline::outcome operator()(const pipeline::job& j, const pipeline::context& at) {
    if (j.id == 2) {
      reached.set_value();
      opened.wait();
      stop_was_asked = at.stop.stop_requested();
    }
    return pipeline::advance{};
  }
};

struct airport {
  tests::temp_dir folder;
  storage::hand_journal hands{folder.path()};
  inline_executor executor;
};

TEST_CASE("a flight calls the handler for each job, in order") {
  airport at;
  std::vector<pipeline::job_id> seen;
  flight one{jobs(3),
             [&](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
               seen.push_back(j.id);
               return pipeline::advance{};
             },
             {}};
  one.run(at.executor, at.hands);
  const auto report = one.land();
  CHECK(seen == std::vector<pipeline::job_id>{1, 2, 3});
  CHECK(report.outcomes.size() == 3);
  CHECK_FALSE(report.cut_short);
}

TEST_CASE("what a handler throws is a retry of that job alone") {
  airport at;
  flight one{jobs(3),
             [](const pipeline::job& j, const pipeline::context&) -> pipeline::outcome {
               if (j.id == 2)
                 throw std::runtime_error{"no"};
               return pipeline::advance{};
             },
             {}};
  one.run(at.executor, at.hands);
  const auto report = one.land();
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[0]));
  CHECK(std::get<pipeline::retry>(report.outcomes[1]).code == "HANDLER_ERROR");
  CHECK(std::get<pipeline::retry>(report.outcomes[1]).why == "no");
  CHECK(std::holds_alternative<pipeline::advance>(report.outcomes[2]));
}

TEST_CASE("an abandoned flight keeps what has ended and tells what was cut short") {
  airport at;
  gate handler;
  flight one{jobs(4), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.hands); }};
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

TEST_CASE("a flight that is abandoned before it began calls nobody") {
  airport at;
  flight one{jobs(2),
             [](const pipeline::job&, const pipeline::context&) -> pipeline::outcome {
               throw std::logic_error{"called"};
             },
             {}};
  const auto report = one.abandon(at.executor);
  one.run(at.executor, at.hands);
  CHECK(report.jobs.size() == 2);
  CHECK(report.outcomes.empty());
  CHECK_FALSE(report.cut_short);
}

TEST_CASE("only the handler of the job that is meant is asked to stop") {
  airport at;
  gate handler;
  flight one{jobs(2), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.hands); }};
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

TEST_CASE("the journal names the job in the handler, for a restart after a crash") {
  airport at;
  gate handler;
  flight one{jobs(3), std::ref(handler), {}};
  std::thread worker{[&] { one.run(at.executor, at.hands); }};
  handler.reached.get_future().wait();
  const storage::hand_journal after_a_crash{at.folder.path()};
  CHECK(after_a_crash.in_hand_before() == std::vector<pipeline::job_id>{2});
  handler.open.set_value();
  worker.join();
  const storage::hand_journal after_landing{at.folder.path()};
  CHECK(after_landing.in_hand_before() == std::vector<pipeline::job_id>{});
}

}  // namespace
