#include "pipeline/tracing/job_trace.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace millrace::pipeline;
using namespace millrace::pipeline::tracing;

namespace {

const std::string given_trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

job job_of_trace(job_id id, std::string traceparent = {}) {
  job one;
  one.id = id;
  one.epoch = 1;
  one.correlation_id = "c";
  one.traceparent = std::move(traceparent);
  return one;
}

std::size_t sampled_of_10000(double ratio) {
  const sampler sampling{ratio};
  std::size_t count = 0;
  for (job_id id = 1; id <= 10'000; ++id)
    count += sampling.traceparent_of(job_of_trace(id)).empty() ? 0 : 1;
  return count;
}

}  // namespace

TEST_CASE("of jobs that come without a trace a share has one, and each always or never") {
  CHECK(sampled_of_10000(0) == 0);
  CHECK(sampled_of_10000(1) == 10'000);
  const auto few = sampled_of_10000(0.01);
  CHECK(few > 60);
  CHECK(few < 140);
  CHECK(sampled_of_10000(0.01) == few);
}

TEST_CASE("what the submitter says of sampling counts, whatever the share is") {
  const auto ratio = GENERATE(0.0, 1.0);
  const sampler sampling{ratio};
  const auto kept = parse_traceparent(sampling.traceparent_of(job_of_trace(7, given_trace + "01")));
  REQUIRE(kept);
  CHECK(kept->is_sampled);
  CHECK(to_hex(kept->trace) == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(sampling.traceparent_of(job_of_trace(7, given_trace + "00")) == given_trace + "00");
}

TEST_CASE("a child goes with its parent, and has no trace where that has none") {
  auto child = job_of_trace(8);
  child.parent = 7;
  CHECK(sampler{1}.traceparent_of(child).empty());
}

TEST_CASE("every runtime that has the job in hand tells its handler the same") {
  const auto given = GENERATE(std::string{}, given_trace + "01");
  const sampler sampling{1};
  const auto first = sampling.traceparent_of(job_of_trace(7, given));
  CHECK(sampling.traceparent_of(job_of_trace(7, given)) == first);
  // After another claim, and in the hands of the next stage, which knows what the last was told.
  auto later = job_of_trace(7, given);
  auto carried = job_of_trace(7, first);
  later.epoch = carried.epoch = 4;
  CHECK(sampling.traceparent_of(later) == sampling.traceparent_of(carried));
  CHECK(sampling.traceparent_of(later) != first);
  CHECK(parse_traceparent(first)->trace ==
        parse_traceparent(sampling.traceparent_of(later))->trace);
}

TEST_CASE("jobs of other databases with the same number have other traces") {
  auto other = job_of_trace(7);
  other.correlation_id = "d";
  const sampler sampling{1};
  CHECK(parse_traceparent(sampling.traceparent_of(job_of_trace(7)))->trace !=
        parse_traceparent(sampling.traceparent_of(other))->trace);
}

TEST_CASE("the spans of a job have ids of their own") {
  const auto trace = parse_traceparent(given_trace + "01")->trace;
  std::set<span_id> ids{no_span};
  for (job_id id = 1; id <= 3; ++id) {
    ids.insert(span_of_job(trace, id));
    for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
      const auto spans = spans_of_attempt(trace, id, epoch);
      ids.insert({spans.wait, spans.attempt, spans.settle});
    }
  }
  CHECK(ids.size() == 1 + 3 * (1 + 3 * 3));
}
