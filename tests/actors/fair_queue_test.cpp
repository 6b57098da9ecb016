#include "actors/fair_queue.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace {

using namespace millrace;
using ids = std::vector<pipeline::job_id>;

struct queue : actors::fair_queue {
  void add(pipeline::job_id id, const char* tenant) { push_back({.id = id, .tenant = tenant}); }
  ids rest() {
    ids all;
    for (const auto& one : take_all())
      all.push_back(one.id);
    return all;
  }
};

TEST_CASE("jobs of one tenant keep their order") {
  queue of;
  for (int id = 1; id <= 4; ++id)
    of.add(id, "");
  CHECK(of.size() == 4);
  CHECK(of.rest() == ids{1, 2, 3, 4});
  CHECK(of.empty());
}

TEST_CASE("a tenant with one job does not wait for another's thousand") {
  queue of;
  for (int id = 1; id <= 1000; ++id)
    of.add(id, "big");
  of.pop_front();
  of.add(2000, "small");
  of.pop_front();
  CHECK(of.pop_front().id == 2000);
  CHECK(of.pop_front().id == 3);
}

TEST_CASE("what comes back goes first, and what is taken is gone") {
  queue of;
  of.add(1, "a");
  of.add(2, "b");
  of.add(3, "b");
  of.push_front({.id = 4, .tenant = "b"});
  CHECK(of.front().id == 4);
  CHECK(of.take(2)->id == 2);
  CHECK_FALSE(of.take(2));
  CHECK(of.take(1)->id == 1);
  CHECK(of.rest() == ids{4, 3});
}

}  // namespace
