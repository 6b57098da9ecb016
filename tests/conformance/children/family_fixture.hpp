#pragma once

#include "pipeline/child_job.hpp"
#include "pipeline/join.hpp"
#include "storage/history/explain.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace millrace::storage::testing {

/// `book`: split, bind (joins all), sold; `poll`: ask, count (joins what has ended); `page`: set.
inline pipeline::catalog library() {
  using pipeline::join_policy;
  const auto stage = [](std::string name, join_policy join = join_policy::none) {
    pipeline::stage_definition made;
    made.name = std::move(name);
    made.handler = "noop";
    made.max_attempts = 1;
    made.join = join;
    return made;
  };
  return pipeline::catalog{
      {{"book", {stage("split"), stage("bind", join_policy::all), stage("sold")}},
       {"poll", {stage("ask"), stage("count", join_policy::finished)}},
       {"page", {stage("set")}}}};
}

struct family_fixture : store_fixture {
  pipeline::catalog shelves = library();
  job_store books{on, shelves};
  job_store other{on, shelves};

  static pipeline::advance split_into(int pages) {
    pipeline::effects::make_children made;
    for (int i = 0; i < pages; ++i)
      made.jobs.push_back({.pipeline = "page", .payload = fmt::format(R"({{"n": {}}})", i)});
    return {{made}, {}};
  }

  std::vector<pipeline::job> take() {
    return books.claims.claim({.runtime = 7, .limit = 10'000}, now).jobs;
  }

  pipeline::job take_one(job_id id) {
    for (auto& one : take())
      if (one.id == id)
        return one;
    FAIL("job " << id << " was not claimed");
    return {};
  }

  settled end(const pipeline::job& job, pipeline::transition_event what) {
    return books.settler.settle(std::vector<settlement>{{job, std::move(what), false}}, now)
        .front();
  }

  /// What the runtime does with a claimed job at a stage that joins; its handler advances.
  settled pass_join(const pipeline::job& job) {
    const auto& stage = shelves.at(job.pipeline).stages.at(job.stage);
    auto held = pipeline::hold_at_join(job, stage.join, now);
    if (!held)
      return end(job, pipeline::advance{});
    return std::visit([&](auto& what) { return end(job, pipeline::transition_event{what}); },
                      *held);
  }

  void tend() {
    for (int round = 0; round < 100; ++round) {
      books.child_work.run(now);
      if (!books.child_work.is_left())
        return;
    }
    FAIL("it never ends");
  }

  /// The book and one of its pages can be claimed: the page ends, and the book waits at its join.
  void end_page_beside(job_id book) {
    const auto all = take();
    REQUIRE(all.size() == 2);
    for (const auto& one : all)
      if (one.id == book)
        pass_join(one);
      else
        end(one, pipeline::advance{});
    tend();
  }

  /// A book whose pages are claimed, and which waits for them.
  struct split_book {
    job_id id = 0;
    std::vector<pipeline::job> pages;
  };
  split_book split(int pages, std::uint16_t in = 0) {
    split_book made;
    made.id = books.submitter
                  .enqueue(
                      std::vector<new_job>{
                          {.pipeline = in, .priority = 3, .correlation_id = "c", .tenant = "acme"}},
                      now)
                  .front();
    end(take_one(made.id), split_into(pages));
    for (auto& one : take()) {
      if (one.id == made.id)
        pass_join(one);
      else
        made.pages.push_back(std::move(one));
    }
    tend();
    REQUIRE(made.pages.size() == static_cast<std::size_t>(pages));
    REQUIRE(find(made.id).state == job_state::queued);
    return made;
  }

  bool is_due(job_id id) { return find(id).run_at <= now; }
  std::string reason(job_id id) { return std::string{explain(on, shelves, id, now).reason}; }
};

}  // namespace millrace::storage::testing
