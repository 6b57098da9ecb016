#include "tests/support/store_fixture.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Claims within what a runtime has room for: jobs of each stage, and bytes.
namespace millrace::storage::testing {
namespace {

using place = stage_rooms::place;

/// Jobs of each stage of `trio` and of `solo`.
struct rooms_fixture : store_fixture {
  void submit(std::uint16_t stage, int count, new_job like = {}) {
    like.stage = stage;
    store.submitter.enqueue(std::vector<new_job>(static_cast<std::size_t>(count), like), now);
  }
  claim_result claim_with(std::vector<std::vector<int>> rooms, int limit = 100) {
    return store.claims.claim(
        {.runtime = 7, .limit = limit, .rooms = stage_rooms{std::move(rooms)}}, now);
  }
  static std::map<place, int> by_stage(const claim_result& result) {
    std::map<place, int> all;
    for (const auto& one : result.jobs)
      ++all[{one.pipeline, one.stage}];
    return all;
  }
};

TEST_CASE_METHOD(rooms_fixture, "of each stage as many jobs are claimed as there is room for") {
  for (const std::uint16_t stage : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}})
    submit(stage, 10);
  const auto result = claim_with({{3, 0, 50}, {1}});
  CHECK(by_stage(result) == std::map<place, int>{{{0, 0}, 3}, {{0, 2}, 10}});
  CHECK(result.wanting == std::set<place>{{0, 0}, {0, 1}});
  CHECK_FALSE(result.next_run_at);
  CHECK(by_stage(claim_with({{50, 50, 50}, {1}})) ==
        std::map<place, int>{{{0, 0}, 7}, {{0, 1}, 10}});
}

TEST_CASE_METHOD(rooms_fixture, "the tenants of a stage share its room") {
  for (const auto* tenant : {"a", "b", "c"})
    submit(0, 40, {.tenant = tenant});
  const auto result = claim_with({{50, 1, 1}, {1}});
  CHECK(result.jobs.size() == 50);
  std::map<std::string, int> of;
  for (const auto& one : result.jobs)
    ++of[one.tenant];
  for (const auto& [tenant, count] : of) {
    INFO(tenant << " " << count);
    CHECK(count >= 16);
  }
  CHECK(result.wanting == std::set<place>{{0, 0}});
}

TEST_CASE_METHOD(rooms_fixture, "the highest priority takes the room that there is") {
  submit(0, 10);
  submit(0, 2, {.priority = 5});
  const auto result = claim_with({{3, 1, 1}, {1}});
  REQUIRE(result.jobs.size() == 3);
  CHECK(result.jobs[0].priority == 5);
  CHECK(result.jobs[1].priority == 5);
  CHECK(result.jobs[2].priority == 0);
}

TEST_CASE_METHOD(rooms_fixture, "a stage without room does not hide when another's job is due") {
  submit(0, 5);
  submit(2, 1, {.run_at = now + 9s});
  const auto result = claim_with({{0, 1, 1}, {1}});
  CHECK(result.jobs.empty());
  CHECK(result.next_run_at == now + 9s);
  CHECK(result.wanting == std::set<place>{{0, 0}});
}

/// Jobs with large documents.
struct bytes_fixture : store_fixture {
  static constexpr std::size_t large = 100'000;

  void submit_large(int count) {
    // Letters that no database makes small.
    std::string text;
    std::uint32_t seed = 7;
    while (text.size() < large) {
      seed = seed * 1664525 + 1013904223;
      text += static_cast<char>('a' + (seed >> 24) % 26);
    }
    store.submitter.enqueue(
        std::vector<new_job>(static_cast<std::size_t>(count), {.payload = '"' + text + '"'}), now);
  }
  claim_result claim_bytes(std::size_t bytes) {
    return store.claims.claim({.runtime = 7, .limit = 100, .bytes = bytes}, now);
  }
};

TEST_CASE_METHOD(bytes_fixture,
                 "payloads are loaded until there are enough bytes, and no job pays") {
  submit_large(10);
  const auto first = claim_bytes(250'000);
  CHECK(first.jobs.size() == 3);
  CHECK(first.kept_back);
  for (const auto& one : first.jobs) {
    CHECK(one.payload.size() > large);
    CHECK(one.claimed_bytes == one.payload.size());
  }
  CHECK(ask("select count(*) from jobs where state = 'queued' and attempt = 0 and crashes = 0") ==
        7);
  // The size of jobs is known by now.
  const auto before = ask("select count(*) from events");
  std::size_t rest = 0;
  for (int i = 0; i < 7 && rest < 7; ++i)
    rest += claim_bytes(250'000).jobs.size();
  CHECK(rest == 7);
  CHECK(ask("select count(*) from events") == before + 7);
}

TEST_CASE_METHOD(bytes_fixture, "a job that is larger than all bytes is claimed alone") {
  submit_large(2);
  CHECK(claim_bytes(10).jobs.size() == 1);
  CHECK(claim_bytes(10).jobs.size() == 1);
  CHECK(ask("select count(*) from jobs where state = 'working'") == 2);
}

TEST_CASE_METHOD(bytes_fixture, "small jobs are not counted one by one") {
  store.submitter.enqueue(std::vector<new_job>(50, {.payload = "1"}), now);
  submit_large(1);
  CHECK(claim_bytes(1'000'000).jobs.size() == 51);
}

}  // namespace
}  // namespace millrace::storage::testing
