#include "pipeline/codes.hpp"
#include "pipeline/family.hpp"
#include "pipeline/join.hpp"
#include "storage/explain.hpp"
#include "storage/retention.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>

// Jobs that make other jobs, and wait for them.
namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;
using pipeline::join_policy;

/// `book`: split, bind (joins all), sold; `poll`: ask, count (joins what has ended); `page`: set.
pipeline::catalog library() {
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
    return books.claim({.runtime = 7, .limit = 10'000}, now).jobs;
  }

  pipeline::job take_one(job_id id) {
    for (auto& one : take())
      if (one.id == id)
        return one;
    FAIL("job " << id << " was not claimed");
    return {};
  }

  settled end(const pipeline::job& job, pipeline::happening what) {
    return books.settle(std::vector<settlement>{{job, std::move(what), false}}, now).front();
  }

  /// What the runtime does with a claimed job at a stage that joins; its handler advances.
  settled pass_gate(const pipeline::job& job) {
    const auto& stage = shelves.at(job.pipeline).stages.at(job.stage);
    auto held = pipeline::hold_at_join(job, stage.join, now);
    if (!held)
      return end(job, pipeline::advance{});
    return std::visit([&](auto& what) { return end(job, pipeline::happening{what}); }, *held);
  }

  void tend() {
    for (int round = 0; round < 100; ++round) {
      books.tend_families(now);
      if (!books.has_family_work())
        return;
    }
    FAIL("it never ends");
  }

  /// A book whose pages are claimed, and which waits for them.
  struct split_book {
    job_id id = 0;
    std::vector<pipeline::job> pages;
  };
  split_book split(int pages, std::uint16_t in = 0) {
    split_book made;
    made.id = books
                  .enqueue(
                      std::vector<new_job>{
                          {.pipeline = in, .priority = 3, .correlation_id = "c", .tenant = "acme"}},
                      now)
                  .front();
    end(take_one(made.id), split_into(pages));
    for (auto& one : take()) {
      if (one.id == made.id)
        pass_gate(one);
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

TEST_CASE_METHOD(family_fixture, "children are made with the transition of their parent") {
  const auto book = split(2);
  const auto row = find(book.pages.at(0).id);
  CHECK(row.pipeline == "page");
  CHECK(row.parent == book.id);
  CHECK(row.tenant == "acme");
  CHECK(row.correlation_id == "c");
  CHECK(row.priority == 3);
  CHECK(row.payload == R"({"n": 0})");
  CHECK(book.pages.at(0).parent == book.id);
  CHECK(find(book.id).children.at(job_state::working) == 2);
  CHECK(find(book.id).stage == "bind");
}

TEST_CASE_METHOD(family_fixture, "an answer that comes too late makes no children") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  const auto job = take_one(id);
  books.rescue(7, 8, std::nullopt, now);
  CHECK_FALSE(end(job, split_into(3)));
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(family_fixture, "a job that is to be cancelled makes no children") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  const auto job = take_one(id);
  books.cancel(id, "ann", now);
  CHECK(end(job, split_into(3))->state == job_state::cancelled);
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(family_fixture, "a child in a pipeline that nobody knows is the handler's error") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), pipeline::advance{{pipeline::effects::make_children{{{"leaf"}}}}, {}});
  CHECK(find(id).state == job_state::deadletter);
  CHECK(find(id).code == "HANDLER_ERROR");
  CHECK(find(id).message == "it makes a child in the pipeline 'leaf', which is not configured");
}

TEST_CASE_METHOD(family_fixture, "a job is not carried on into a stage that joins") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  const auto answer =
      books.settle(std::vector<settlement>{{take_one(id), split_into(1), true}}, now).front();
  CHECK(answer->state == job_state::queued);
}

TEST_CASE_METHOD(family_fixture, "the parent waits until its last child has ended, then goes on") {
  const auto book = split(3);
  CHECK_FALSE(is_due(book.id));
  CHECK(reason(book.id) == "WAITS_FOR_CHILDREN");
  end(book.pages.at(0), pipeline::advance{{pipeline::effects::write_output{"1"}}, {}});
  end(book.pages.at(2), pipeline::advance{});
  tend();
  CHECK_FALSE(is_due(book.id));
  CHECK(explain(on, shelves, book.id, now).text ==
        fmt::format("at stage bind of book; 1 of its 3 children have not ended, job {} for one",
                    book.pages.at(1).id));
  end(book.pages.at(1), pipeline::advance{{pipeline::effects::write_output{R"({"a":2})"}}, {}});
  CHECK(books.has_family_work());
  tend();
  REQUIRE(is_due(book.id));
  CHECK(books.take_made_due());
  const auto parent = take_one(book.id);
  REQUIRE(parent.children);
  CHECK_FALSE(parent.children->is_unfinished);
  lines outputs;
  for (const auto& one : parent.children->children) {
    CHECK(one.state == job_state::done);
    outputs.push_back(one.output);
    outputs.back().erase(std::remove(outputs.back().begin(), outputs.back().end(), ' '),
                         outputs.back().end());
  }
  CHECK(outputs == lines{"1", R"({"a":2})", ""});
  CHECK(pass_gate(parent)->stage == 2);
  CHECK(history(book.id) == lines{"stage_started", "stage_done", "stage_started", "control SNOOZED",
                                  "control HASTENED", "stage_started", "stage_done"});
  CHECK(ask("select count(*) from family_work") == 0);
  CHECK(ask("select count(*) from joins") == 0);
}

TEST_CASE_METHOD(family_fixture, "children that end before the parent waits are not missed") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), split_into(1));
  auto all = take();
  REQUIRE(all.size() == 2);
  if (all[0].id != id)
    std::swap(all[0], all[1]);
  // The child ends, and is attended to, after the parent was claimed and before it waits.
  end(all[1], pipeline::advance{});
  tend();
  pass_gate(all[0]);
  CHECK_FALSE(is_due(id));
  tend();
  CHECK(is_due(id));
}

TEST_CASE_METHOD(family_fixture, "what a runtime left undone, another one does") {
  const auto book = split(1);
  end(book.pages.at(0), pipeline::advance{});
  CHECK_FALSE(is_due(book.id));
  other.tend_families(now);
  CHECK(is_due(book.id));
}

TEST_CASE_METHOD(family_fixture,
                 "a stage without a join does not wait, and one without children neither") {
  const auto id = books.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), pipeline::advance{});
  const auto childless = take_one(id);
  REQUIRE(childless.children);
  CHECK(childless.children->children.empty());
  CHECK(pass_gate(childless)->stage == 2);
  CHECK_FALSE(take_one(id).children);
}

TEST_CASE_METHOD(family_fixture, "a parent that wants all children done is dead when one is not") {
  const auto book = split(3);
  end(book.pages.at(0), pipeline::reject{"TORN", "no good"});
  end(book.pages.at(1), pipeline::advance{});
  tend();
  CHECK_FALSE(is_due(book.id));
  books.cancel(book.pages.at(2).id, "ann", now);
  end(book.pages.at(2), pipeline::release{});
  tend();
  pass_gate(take_one(book.id));
  const auto row = find(book.id);
  CHECK(row.state == job_state::deadletter);
  CHECK(row.code == pipeline::codes::CHILD_FAILED);
  CHECK(row.message == fmt::format("child {} is deadletter: TORN, and 1 of 3 failed as well",
                                   book.pages.at(0).id));
}

TEST_CASE_METHOD(family_fixture,
                 "a parent that waits for the end only goes on with what there is") {
  const auto poll = split(2, 1);
  end(poll.pages.at(0), pipeline::reject{"TORN", "no good"});
  end(poll.pages.at(1), pipeline::advance{});
  tend();
  const auto parent = take_one(poll.id);
  CHECK(parent.children->children.at(0).state == job_state::deadletter);
  CHECK(parent.children->children.at(0).code == "TORN");
  CHECK(pass_gate(parent)->state == job_state::done);
}

TEST_CASE_METHOD(family_fixture, "retry of the parent gives its failed children another chance") {
  const auto book = split(2);
  end(book.pages.at(0), pipeline::reject{"TORN", "no good"});
  end(book.pages.at(1), pipeline::advance{});
  tend();
  pass_gate(take_one(book.id));
  SECTION("by itself") { books.retry(book.id, "ann", now); }
  SECTION("with all that are dead") {
    const auto dead = list_dead(on, {.pipeline = "book"}).jobs;
    CHECK(books.replay_dead(dead, "", "ann", now).replayed == 1);
  }
  CHECK(find(book.pages.at(0).id).state == job_state::queued);
  CHECK(find(book.pages.at(1).id).state == job_state::done);
  auto all = take();
  REQUIRE(all.size() == 2);
  for (const auto& one : all)
    if (one.id == book.id)
      pass_gate(one);
    else
      end(one, pipeline::advance{});
  tend();
  CHECK(pass_gate(take_one(book.id))->stage == 2);
}

TEST_CASE_METHOD(family_fixture, "a parent that is sent back before it made them makes others") {
  const auto book = split(2);
  books.cancel(book.id, "ann", now);
  const auto unfinished = book.pages.at(0);
  books.replay(book.id, "split", "ann", now);
  CHECK(find(book.id).children.empty());
  end(take_one(book.id), split_into(1));
  CHECK(end(unfinished, pipeline::advance{})->state == job_state::done);
  auto all = take();
  REQUIRE(all.size() == 2);
  for (const auto& one : all)
    if (one.id == book.id)
      pass_gate(one);
    else
      end(one, pipeline::advance{});
  tend();
  CHECK(take_one(book.id).children->children.size() == 1);
}

TEST_CASE_METHOD(family_fixture, "cancelling a job cancels its children, and theirs") {
  const auto book = split(2);
  // One of the pages is itself a parent.
  end(book.pages.at(0),
      pipeline::snooze{now + 1h, "", {pipeline::effects::make_children{{{"page"}}}}});
  end(book.pages.at(1), pipeline::release{});
  books.cancel(book.id, "ann", now);
  CHECK(find(book.id).state == job_state::cancelled);
  CHECK(find(book.pages.at(0).id).state == job_state::cancelled);
  CHECK(find(book.pages.at(1).id).state == job_state::cancelled);
  CHECK(ask("select count(*) from jobs where state = 'cancelled'") == 4);
  CHECK(ask("select count(*) from family_work") == 0);
}

TEST_CASE_METHOD(family_fixture,
                 "a child that works when its parent is cancelled is asked to end") {
  const auto book = split(1);
  books.cancel(book.id, "ann", now);
  CHECK(books.cancel_requests(7) == std::vector<job_id>{book.pages.at(0).id});
  CHECK(end(book.pages.at(0), pipeline::release{})->state == job_state::cancelled);
}

TEST_CASE_METHOD(family_fixture, "a parent that works and is to end takes its children with it") {
  const auto book = split(1);
  books.retry(book.id, "ann", now);
  const auto parent = take_one(book.id);
  end(book.pages.at(0), pipeline::release{});
  books.cancel(book.id, "ann", now);
  CHECK(find(book.pages.at(0).id).state == job_state::queued);
  CHECK(pass_gate(parent)->state == job_state::cancelled);
  tend();
  CHECK(find(book.pages.at(0).id).state == job_state::cancelled);
}

TEST_CASE_METHOD(family_fixture, "a family of thousands is cancelled in pieces") {
  const auto book = split(2'000);
  std::vector<settlement> all;
  for (const auto& one : book.pages)
    all.push_back({one, pipeline::release{}, false});
  books.settle(all, now);
  books.cancel(book.id, "ann", now);
  tend();
  CHECK(ask("select count(*) from jobs where state = 'cancelled'") == 2'001);
}

TEST_CASE_METHOD(family_fixture,
                 "a wait that the handler asks for is not cut short by its children") {
  const auto book = split(1);
  end(book.pages.at(0), pipeline::advance{});
  tend();
  end(take_one(book.id), pipeline::snooze{now + 1min, "the glue dries", {}});
  // The child is sent back and ends once more.
  books.replay(book.pages.at(0).id, "set", "ann", now);
  end(take_one(book.pages.at(0).id), pipeline::advance{});
  tend();
  CHECK_FALSE(is_due(book.id));
  CHECK(reason(book.id) == "SNOOZED");
}

TEST_CASE_METHOD(family_fixture, "outputs beyond what a join takes are left out, and it says so") {
  const auto book = split(3);
  const std::string large(pipeline::most_joined_output / 2 + 100, 'x');
  for (const auto& one : book.pages)
    end(one, pipeline::advance{{pipeline::effects::write_output{"\"" + large + "\""}}, {}});
  tend();
  const auto parent = take_one(book.id);
  const auto& children = parent.children->children;
  CHECK(children.at(0).output.size() == large.size() + 2);
  CHECK_FALSE(children.at(0).output_left_out);
  CHECK(children.at(1).output.empty());
  CHECK(children.at(1).output_left_out);
}

TEST_CASE_METHOD(family_fixture, "a child stays as long as its parent may ask for it") {
  const auto book = split(2);
  end(book.pages.at(0), pipeline::advance{});
  now += 1h;
  retention old{{.finished = 10min, .dead = 10min, .events = 0s}};
  const auto clean = [&] {
    while (old.step(on, now).more) {
    }
  };
  clean();
  CHECK(find(book.pages.at(0).id).state == job_state::done);
  end(book.pages.at(1), pipeline::advance{});
  tend();
  pass_gate(take_one(book.id));
  end(take_one(book.id), pipeline::advance{});
  now += 1h;
  clean();
  CHECK(ask("select count(*) from jobs") == 0);
  CHECK(ask("select count(*) from children") == 0);
}

TEST_CASE_METHOD(family_fixture, "a poison child is a failed one") {
  const auto book = split(1);
  for (int crash = 0; crash < 3; ++crash) {
    books.rescue(7, 8, std::nullopt, now);
    if (crash < 2)
      take();
  }
  tend();
  pass_gate(take_one(book.id));
  CHECK(find(book.id).code == pipeline::codes::CHILD_FAILED);
}

}  // namespace
}  // namespace millrace::storage::testing
