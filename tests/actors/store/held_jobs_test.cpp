#include "actors/store/held_jobs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace {

using namespace millrace;
using actors::held_jobs;
using pipeline::job_state;

pipeline::job claimed(pipeline::job_id id, std::int64_t epoch) {
  pipeline::job made;
  made.id = id;
  made.epoch = epoch;
  return made;
}

storage::settlement settlement(pipeline::job_id id, std::int64_t epoch) {
  return {claimed(id, epoch), pipeline::advance{}, true};
}

storage::settled became(job_state state, std::int64_t epoch) {
  pipeline::change to;
  to.state = state;
  to.epoch = epoch;
  return to;
}

std::vector<pipeline::job_id> listed(const held_jobs& held) {
  auto all = held.list();
  std::sort(all.begin(), all.end());
  return all;
}

using ids = std::vector<pipeline::job_id>;

TEST_CASE("a job is held from its claim until it is settled, also while it is carried on") {
  held_jobs held;
  CHECK(held.claimed({claimed(1, 1), claimed(2, 5)}));
  held.settled(settlement(1, 1), became(job_state::working, 2));
  CHECK(listed(held) == ids{1, 2});
  held.settled(settlement(1, 2), became(job_state::done, 3));
  CHECK(listed(held) == ids{2});
  SECTION("what lost its fence is not held") {
    held.settled(settlement(2, 5), std::nullopt);
    CHECK(listed(held).empty());
  }
  SECTION("what waits is not held") {
    held.settled(settlement(2, 5), became(job_state::queued, 6));
    CHECK(listed(held).empty());
  }
}

TEST_CASE("a row with an epoch below 0 is no lost commit") {
  held_jobs held;
  CHECK(held.claimed({claimed(1, -5), claimed(2, 0)}));
  CHECK(held.claimed({claimed(1, -3)}));
  CHECK_FALSE(held.claimed({claimed(1, -4)}));
}

TEST_CASE("the answer of another lane that comes late does not take a new claim away") {
  held_jobs held;
  held.claimed({claimed(1, 1)});
  // Given back by one lane, and claimed by the other before that one has answered.
  CHECK(held.claimed({claimed(1, 3)}));
  held.settled(settlement(1, 1), became(job_state::queued, 2));
  CHECK(listed(held) == ids{1});
}

TEST_CASE("of two answers for one job the one that lost takes nothing away") {
  held_jobs held;
  held.claimed({claimed(1, 1)});
  held.settled(settlement(1, 1), became(job_state::working, 2));
  held.settled(settlement(1, 1), std::nullopt);
  CHECK(listed(held) == ids{1});
}

TEST_CASE("a job that is claimed again while it is held shows that commits were lost") {
  held_jobs held;
  CHECK(held.claimed({claimed(1, 1), claimed(2, 4)}));
  SECTION("with its epoch") { CHECK_FALSE(held.claimed({claimed(1, 1)})); }
  SECTION("with an older one") { CHECK_FALSE(held.claimed({claimed(3, 1), claimed(2, 2)})); }
  SECTION("with one that was given to what was carried on") {
    held.settled(settlement(1, 1), became(job_state::working, 2));
    CHECK_FALSE(held.claimed({claimed(1, 2)}));
  }
}

}  // namespace
