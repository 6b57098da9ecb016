#include "storage/claim/fair_share.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace {

using millrace::storage::fair_share;

/// Serves one job at a time, and counts.
struct counter {
  fair_share share;
  std::map<std::string, int> weights;
  std::map<std::string, int> jobs;

  std::string next(const std::vector<std::string>& tenants) {
    share.begin(tenants);
    auto first = tenants.front();
    for (const auto& one : tenants)
      if (share.goes_before(one, first))
        first = one;
    share.served(first, 1, weights.contains(first) ? weights.at(first) : 1);
    ++jobs[first];
    return first;
  }
};

using names = std::vector<std::string>;

TEST_CASE("tenants are served in turn") {
  counter of;
  names seen;
  for (int i = 0; i < 4; ++i)
    seen.push_back(of.next({"a", "b"}));
  CHECK(seen == names{"a", "b", "a", "b"});
}

TEST_CASE("tenants are served by their weights") {
  counter of{{}, {{"a", 3}}, {}};
  for (int i = 0; i < 400; ++i)
    of.next({"a", "b"});
  CHECK(of.jobs["a"] == 300);
  CHECK(of.jobs["b"] == 100);
}

TEST_CASE("a new tenant is first, and gains nothing by having been away") {
  counter of;
  for (int i = 0; i < 1000; ++i)
    of.next({"a", "b"});
  CHECK(of.next({"a", "b", "new"}) == "new");
  CHECK(of.next({"a", "b", "new"}) != "new");
  of.jobs.clear();
  for (int i = 0; i < 300; ++i)
    of.next({"a", "b", "new"});
  CHECK(of.jobs["new"] <= 101);
  CHECK(of.jobs["new"] >= 99);
}

TEST_CASE("a tenant that was served much and leaves is not ahead by that when it comes back") {
  counter of;
  of.share.begin({"a", "b"});
  of.share.served("a", 500, 1);
  CHECK(of.next({"b"}) == "b");
  CHECK(of.next({"a", "b"}) == "b");
}

}  // namespace
