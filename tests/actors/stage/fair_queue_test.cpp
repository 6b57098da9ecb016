#include "actors/stage/fair_queue.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using ids = std::vector<pipeline::job_id>;

struct queue : actors::fair_queue {
  explicit queue(storage::job_rules rules = {}) : fair_queue{std::move(rules)} {}
  void add(pipeline::job_id id, const char* tenant, int priority = 0, duration run_at = 0ms) {
    push({.id = id, .priority = priority, .run_at = time_point{run_at}, .tenant = tenant});
  }
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

TEST_CASE("a job that comes back goes to its place") {
  queue of;
  of.add(2, "a");
  of.add(3, "a");
  of.add(1, "a");
  CHECK(of.rest() == ids{1, 2, 3});
}

TEST_CASE("a tenant with one job does not wait for another's thousand") {
  queue of;
  for (int id = 1; id <= 1000; ++id)
    of.add(id, "big");
  of.pop_front();
  of.add(2000, "small");
  CHECK(of.pop_front().id == 2000);
  CHECK(of.pop_front().id == 2);
}

TEST_CASE("tenants are served by their weights") {
  queue of{{.tenants = {{"four", {.weight = 4}}}}};
  for (int id = 1; id <= 100; ++id)
    of.add(id, "four");
  for (int id = 101; id <= 200; ++id)
    of.add(id, "one");
  int fours = 0;
  for (int i = 0; i < 100; ++i)
    fours += of.pop_front().id <= 100 ? 1 : 0;
  CHECK(fours == 80);
}

TEST_CASE("what is more urgent goes before what came earlier, until that has waited for long") {
  queue of{{.priority_ageing = 1min}};
  of.add(1, "", 0, 0s);
  of.add(2, "", 0, 100s);
  of.add(3, "", 9, 200s);
  of.add(4, "", 1, 61s);
  of.add(5, "", 1, 59s);
  CHECK(of.rest() == ids{3, 5, 1, 4, 2});
}

TEST_CASE("without ageing no wait makes up for priority") {
  queue of;
  of.add(1, "", 0, 0s);
  of.add(2, "", 9, 24h);
  CHECK(of.front().id == 2);
  CHECK(of.rest() == ids{2, 1});
}

TEST_CASE("what is taken is gone, and the last of the longest line is given up first") {
  queue of;
  of.add(1, "a");
  of.add(2, "b");
  of.add(3, "b");
  CHECK(of.pop_back().id == 3);
  of.add(4, "b");
  CHECK(of.take(2)->id == 2);
  CHECK_FALSE(of.take(2));
  CHECK(of.take(1)->id == 1);
  CHECK(of.rest() == ids{4});
}

}  // namespace
