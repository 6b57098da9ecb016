#include "pipeline/codes.hpp"
#include "storage/retention/retention.hpp"
#include "tests/conformance/children/family_fixture.hpp"

// What happens to a job, and what that does to its parent and its children.
namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(family_fixture, "retry of the parent gives its failed children another chance") {
  const auto book = split(2);
  end(book.pages.at(0), pipeline::reject{"TORN", "no good"});
  end(book.pages.at(1), pipeline::advance{});
  tend();
  pass_join(take_one(book.id));
  SECTION("by itself") { books.control.retry(book.id, "ann", now); }
  SECTION("with all that are dead") {
    const auto dead = list_ended(on, {.pipeline = "book"}).jobs;
    CHECK(books.bulk.replay_ended(dead, "", "ann", now).replayed == 1);
  }
  CHECK(find(book.pages.at(0).id).state == job_state::queued);
  CHECK(find(book.pages.at(1).id).state == job_state::done);
  end_page_beside(book.id);
  CHECK(pass_join(take_one(book.id))->stage == 2);
}

TEST_CASE_METHOD(family_fixture, "a parent that is sent back before it made them makes others") {
  const auto book = split(2);
  books.control.cancel(book.id, "ann", now);
  const auto unfinished = book.pages.at(0);
  books.control.replay(book.id, "split", "ann", now);
  CHECK(find(book.id).children.empty());
  end(take_one(book.id), split_into(1));
  CHECK(end(unfinished, pipeline::advance{})->state == job_state::done);
  end_page_beside(book.id);
  CHECK(take_one(book.id).children->children.size() == 1);
}

TEST_CASE_METHOD(family_fixture, "cancelling a job cancels its children, and theirs") {
  const auto book = split(2);
  // One of the pages is itself a parent.
  end(book.pages.at(0),
      pipeline::snooze{now + 1h, "", {pipeline::effects::make_children{{{"page"}}}}});
  end(book.pages.at(1), pipeline::release{});
  books.control.cancel(book.id, "ann", now);
  CHECK(find(book.id).state == job_state::cancelled);
  CHECK(find(book.pages.at(0).id).state == job_state::cancelled);
  CHECK(find(book.pages.at(1).id).state == job_state::cancelled);
  CHECK(ask("select count(*) from jobs where state = 'cancelled'") == 4);
  CHECK(ask("select count(*) from family_work") == 0);
}

TEST_CASE_METHOD(family_fixture,
                 "a child that works when its parent is cancelled is asked to end") {
  const auto book = split(1);
  books.control.cancel(book.id, "ann", now);
  CHECK(books.control.cancel_requests(7) == std::vector<job_id>{book.pages.at(0).id});
  CHECK(end(book.pages.at(0), pipeline::release{})->state == job_state::cancelled);
}

TEST_CASE_METHOD(family_fixture, "a parent that works and is to end takes its children with it") {
  const auto book = split(1);
  books.control.retry(book.id, "ann", now);
  const auto parent = take_one(book.id);
  end(book.pages.at(0), pipeline::release{});
  books.control.cancel(book.id, "ann", now);
  CHECK(find(book.pages.at(0).id).state == job_state::queued);
  CHECK(pass_join(parent)->state == job_state::cancelled);
  tend();
  CHECK(find(book.pages.at(0).id).state == job_state::cancelled);
}

TEST_CASE_METHOD(family_fixture, "a family of thousands is cancelled in pieces") {
  const auto book = split(2'000);
  std::vector<settlement> all;
  for (const auto& one : book.pages)
    all.push_back({one, pipeline::release{}, false});
  books.settler.settle(all, now);
  books.control.cancel(book.id, "ann", now);
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
  books.control.replay(book.pages.at(0).id, "set", "ann", now);
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
  pass_join(take_one(book.id));
  end(take_one(book.id), pipeline::advance{});
  now += 1h;
  clean();
  CHECK(ask("select count(*) from jobs") == 0);
  CHECK(ask("select count(*) from children") == 0);
}

TEST_CASE_METHOD(family_fixture,
                 "a dead or cancelled parent is retried with the children that it had") {
  const bool is_dead = GENERATE(true, false);
  const auto book = split(2);
  end(book.pages.at(0), pipeline::advance{{pipeline::effects::write_output{"[1.10]"}}, {}});
  if (is_dead)
    end(book.pages.at(1), pipeline::reject{"TORN", "a page is torn", {}});
  else
    books.control.cancel(book.id, "ann", now);
  tend();
  if (is_dead)
    pass_join(take_one(book.id));
  else
    end(book.pages.at(1), pipeline::advance{});
  tend();
  REQUIRE(find(book.id).state == (is_dead ? job_state::deadletter : job_state::cancelled));
  now += 1h;
  retention old{{.finished = 10min,
                 .dead = 0s,
                 .events = 0s,
                 .pipelines = {{"book", {.finished = 0s, .dead = 0s}}}}};
  const auto clean = [&] {
    while (old.step(on, now).more) {
    }
  };
  clean();
  CHECK(find(book.pages.at(0).id).output == "[1.10]");
  books.control.retry(book.id, "ann", now);
  tend();
  pipeline::job parent;
  for (auto& one : take())
    if (one.id != book.id)
      end(one, pipeline::advance{});
    else if (one.children->is_unfinished)
      pass_join(one);
    else
      parent = one;
  tend();
  if (parent.id == 0)
    parent = take_one(book.id);
  CHECK(parent.children->children.at(0).output == "[1.10]");
  CHECK(parent.children->children.at(1).state == job_state::done);
  // Nothing is kept longer than it has to be.
  end(parent, pipeline::advance{});
  end(take_one(book.id), pipeline::advance{});
  now += 1h;
  clean();
  CHECK(ask("select count(*) from jobs where pipeline = 'page'") == 0);
}

TEST_CASE_METHOD(family_fixture, "a poison child is a failed one") {
  const auto book = split(1);
  for (int crash = 0; crash < 3; ++crash) {
    books.rescuer.rescue(7, 8, std::nullopt, now);
    if (crash < 2)
      take();
  }
  tend();
  pass_join(take_one(book.id));
  CHECK(find(book.id).code == pipeline::codes::CHILD_FAILED);
}

}  // namespace
}  // namespace millrace::storage::testing
