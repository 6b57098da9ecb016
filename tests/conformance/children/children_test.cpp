#include "pipeline/codes.hpp"
#include "tests/conformance/children/family_fixture.hpp"

#include <algorithm>

// Jobs that make other jobs, and wait for them.
namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;

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
  REQUIRE(find(book.id).children.size() == 1);
  CHECK(find(book.id).children.front().state == "working");
  CHECK(find(book.id).children.front().count == 2);
  CHECK(find(book.id).stage == "bind");
}

TEST_CASE_METHOD(family_fixture, "an answer that comes too late makes no children") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  const auto job = take_one(id);
  books.rescuer.rescue(7, 8, std::nullopt, now);
  CHECK_FALSE(end(job, split_into(3)));
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(family_fixture, "a job that is to be cancelled makes no children") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  const auto job = take_one(id);
  books.control.cancel(id, "ann", now);
  CHECK(end(job, split_into(3))->state == job_state::cancelled);
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(family_fixture, "a child in an unknown pipeline is the handler's error") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), pipeline::advance{{pipeline::effects::make_children{{{"leaf"}}}}, {}});
  CHECK(find(id).state == job_state::deadletter);
  CHECK(find(id).code == "HANDLER_ERROR");
  CHECK(find(id).message == "it makes a child in the pipeline 'leaf', which is not configured");
}

TEST_CASE_METHOD(family_fixture, "a job is not carried on into a stage that joins") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  const auto answer =
      books.settler.settle(std::vector<settlement>{{take_one(id), split_into(1), true}}, now)
          .front();
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
  const auto due_before = books.changes.made_due();
  end(book.pages.at(1), pipeline::advance{{pipeline::effects::write_output{R"({"a":2})"}}, {}});
  CHECK(books.child_work.is_left());
  tend();
  REQUIRE(is_due(book.id));
  CHECK(books.changes.made_due() == due_before + 1);
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
  CHECK(pass_join(parent)->stage == 2);
  CHECK(history(book.id) == lines{"stage_started", "stage_done", "stage_started", "control SNOOZED",
                                  "control HASTENED", "stage_started", "stage_done"});
  CHECK(ask("select count(*) from family_work") == 0);
  CHECK(ask("select count(*) from joins") == 0);
}

TEST_CASE_METHOD(family_fixture, "children that end before the parent waits are not missed") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), split_into(1));
  auto all = take();
  REQUIRE(all.size() == 2);
  if (all[0].id != id)
    std::swap(all[0], all[1]);
  // The child ends, and is attended to, after the parent was claimed and before it waits.
  end(all[1], pipeline::advance{});
  tend();
  pass_join(all[0]);
  CHECK_FALSE(is_due(id));
  tend();
  CHECK(is_due(id));
}

TEST_CASE_METHOD(family_fixture, "what a runtime left undone, another one does") {
  const auto book = split(1);
  end(book.pages.at(0), pipeline::advance{});
  CHECK_FALSE(is_due(book.id));
  other.child_work.run(now);
  CHECK(is_due(book.id));
}

TEST_CASE_METHOD(family_fixture,
                 "a stage without a join does not wait, and one without children neither") {
  const auto id = books.submitter.enqueue(std::vector<new_job>(1), now).front();
  end(take_one(id), pipeline::advance{});
  const auto childless = take_one(id);
  REQUIRE(childless.children);
  CHECK(childless.children->children.empty());
  CHECK(pass_join(childless)->stage == 2);
  CHECK_FALSE(take_one(id).children);
}

TEST_CASE_METHOD(family_fixture, "a parent that wants all children done is dead when one is not") {
  const auto book = split(3);
  end(book.pages.at(0), pipeline::reject{"TORN", "no good"});
  end(book.pages.at(1), pipeline::advance{});
  tend();
  CHECK_FALSE(is_due(book.id));
  books.control.cancel(book.pages.at(2).id, "ann", now);
  end(book.pages.at(2), pipeline::release{});
  tend();
  pass_join(take_one(book.id));
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
  CHECK(pass_join(parent)->state == job_state::done);
}

}  // namespace
}  // namespace millrace::storage::testing
