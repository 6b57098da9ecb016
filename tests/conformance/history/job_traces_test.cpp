#include "storage/history/job_traces.hpp"

#include "pipeline/made_job.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace millrace::storage::testing {
namespace {

namespace tracing = pipeline::tracing;

const std::string given_trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct traces_fixture : store_fixture {
  job_id make_traced(const std::string& traceparent = given_trace) {
    const new_job one{.traceparent = traceparent};
    return store.submitter.enqueue({&one, 1}, now).front();
  }
  pipeline::job claim_one() {
    auto jobs = claim();
    REQUIRE(jobs.size() == 1);
    return jobs.front();
  }
  std::vector<tracing::span> read(const tracing::traced_job& one, double ratio = 1) {
    return read_traces(on, tracing::sampler{ratio}, {&one, 1});
  }
  static std::string text(const tracing::span& of, std::string_view name) {
    for (const auto& [key, value] : of.attributes)
      if (key == name)
        return std::get<std::string>(value);
    return {};
  }
};

TEST_CASE_METHOD(traces_fixture, "a job is claimed with its trace, and a wrong one is left out") {
  make_traced();
  CHECK(claim_one().traceparent == given_trace);
  const auto other = make_traced();
  for (const auto* junk : {"junk", "00-0-0-01", "", "00-\"\r\n"}) {
    CAPTURE(junk);
    const std::string text{junk};
    const auto id = static_cast<long long>(other);
    on.session() << "update job_details set traceparent = :junk where job_id = :id",
        soci::use(text), soci::use(id);
    auto again = claim_one();
    CHECK(again.id == other);
    CHECK(again.traceparent.empty());
    settle(again, pipeline::release{});
  }
}

TEST_CASE_METHOD(traces_fixture, "children and made jobs go on with the trace of their maker") {
  make_traced();
  auto maker = claim_one();
  maker.traceparent[54] = '1';
  auto what = pipeline::advance_with_children({{.pipeline = "solo"}});
  what.effects.emplace_back(pipeline::effects::make_jobs{{pipeline::made_job{.pipeline = "solo"}}});
  settle(maker, std::move(what));
  CHECK(ask("select count(*) from job_details where traceparent = '" + maker.traceparent + "'") ==
        3);
}

TEST_CASE_METHOD(traces_fixture, "the span of a job reaches from its making to its end") {
  const auto id = make_traced();
  CHECK(read({.job = id, .has_ended = true}).empty());
  settle(claim_one(), pipeline::reject{"E_X", "it broke"});
  CHECK(read({.job = id, .has_ended = false}).empty());
  const auto spans = read({.job = id, .has_ended = true});
  REQUIRE(spans.size() == 1);
  const auto& job = spans.front();
  CHECK(tracing::to_hex(job.trace) == given_trace.substr(3, 32));
  CHECK(tracing::to_hex(job.parent) == given_trace.substr(36, 16));
  CHECK(job.id == tracing::span_of_job(job.trace, id));
  CHECK(job.begin == find(id).created_at);
  CHECK(job.end == find(id).updated_at);
  CHECK(job.has_failed);
  CHECK(job.message == "E_X: it broke");
  CHECK(read({.job = id + 100, .has_ended = true}).empty());
}

TEST_CASE_METHOD(traces_fixture, "a job that is not sampled has no span") {
  const auto id = make_traced({});
  settle(claim_one(), pipeline::advance{});
  settle(claim_one(), pipeline::reject{"E_X", ""});
  CHECK(read({.job = id, .has_ended = true}, 0).empty());
  const auto own = read({.job = id, .has_ended = true}, 1);
  REQUIRE(own.size() == 1);
  CHECK(own.front().parent == tracing::no_span);
}

TEST_CASE_METHOD(traces_fixture,
                 "attempts that died before one that was settled are told with it") {
  const auto id = make_traced();
  for (int n = 0; n < 2; ++n) {
    claim_one();
    store.rescuer.rescue(7, 8, std::nullopt, now);
  }
  const auto third = claim_one();
  CHECK(third.crashes == 2);
  settle(third, pipeline::retry{"E_X", "", {}});
  const auto spans = read({.job = id, .epoch = third.epoch, .has_crashed = true});
  REQUIRE(spans.size() == 2);
  for (const auto& lost : spans) {
    CHECK(text(lost, "millrace.outcome") == "lost");
    CHECK(lost.has_failed);
    CHECK(lost.id != spans.at(&lost == &spans[0] ? 1 : 0).id);
  }
}

TEST_CASE_METHOD(traces_fixture,
                 "a job that was claimed at a later stage has waited since it came there") {
  const auto id = make_traced();
  now += 1h;
  settle(claim_one(), pipeline::advance{});
  const auto came = now;
  now += 5s;
  const auto job = claim_one();
  CHECK(job.stage == 1);
  CHECK(job.run_at < came);
  settle(job, pipeline::advance{});
  const auto spans = read(
      {.job = id, .epoch = job.epoch, .waited = tracing::traced_job::wait{job.run_at, now + 1s}});
  REQUIRE(spans.size() == 1);
  CHECK(spans.front().name == "wait trio.two");
  CHECK(spans.front().begin == came);
  CHECK(spans.front().end == now + 1s);
}

TEST_CASE_METHOD(traces_fixture, "a job that died with its runtimes is told whole") {
  const auto id = make_traced();
  std::vector<job_id> dead;
  for (int n = 0; n < 3; ++n) {
    claim_one();
    dead = store.rescuer.rescue(7, 8, std::nullopt, now).poisoned;
  }
  CHECK(dead == std::vector{id});
  const auto spans = read({.job = id, .has_ended = true, .has_crashed = true});
  REQUIRE(spans.size() == 4);
  CHECK(std::count_if(spans.begin(), spans.end(), [](const auto& one) {
          return text(one, "millrace.outcome") == "lost";
        }) == 3);
  CHECK(text(spans.back(), "millrace.code") == "POISON");
}

}  // namespace
}  // namespace millrace::storage::testing
