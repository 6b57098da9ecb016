#include "tests/conformance/children/family_fixture.hpp"

#include <optional>

// Families over several runtimes.
namespace millrace::storage::testing {
namespace {

struct two_runtimes : family_fixture {
  connection there{database.settings()};
  job_store elsewhere{there, shelves};

  void end_there(const pipeline::job& job) {
    elsewhere.settler.settle(std::vector<settlement>{{job, pipeline::advance{}, false}}, now);
  }
};

TEST_CASE_METHOD(two_runtimes,
                 "two runtimes that end the last children at once do not leave the parent") {
  const auto book = split(2);
  std::optional<transaction> open{std::in_place, there};
  end_there(book.pages.at(0));
  end(book.pages.at(1), pipeline::advance{});
  // The other child has not ended yet, as far as can be seen here.
  tend();
  CHECK_FALSE(is_due(book.id));
  open->commit();
  open.reset();
  elsewhere.child_work.run(now);
  CHECK(is_due(book.id));
}

TEST_CASE_METHOD(two_runtimes,
                 "child work waits for no other transaction, and leaves nothing out") {
  const auto book = split(2);
  std::optional<transaction> open{std::in_place, there};
  // Another transaction is about to change a child.
  there.session() << "select 1 from jobs where job_id = " + std::to_string(book.pages.at(0).id) +
                         " for update";
  books.control.cancel(book.id, "ann", now);
  CHECK(find(book.id).state == job_state::cancelled);
  CHECK(books.control.cancel_requests(7) == std::vector<job_id>{book.pages.at(1).id});
  open.reset();
  books.child_work.run(now);
  CHECK(books.control.cancel_requests(7).size() == 2);
}

}  // namespace
}  // namespace millrace::storage::testing
