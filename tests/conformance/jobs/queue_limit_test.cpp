#include "storage/jobs/queue_limit.hpp"

#include "storage/jobs/submit_batch.hpp"
#include "tests/support/store_fixture.hpp"

#include <atomic>
#include <thread>

namespace millrace::storage::testing {
namespace {

struct limit_fixture : store_fixture {
  pipeline::catalog limited = limit_of(10);
  job_store bounded{on, limited};

  static pipeline::catalog limit_of(std::int64_t limit) {
    auto all = small_catalog().pipelines();
    all[0].queue_limit = limit;
    return pipeline::catalog{all};
  }

  /// How many were made, or 0 when there was no room.
  std::size_t submit(std::size_t count, std::uint16_t in = 0) { return submit(bounded, count, in); }

  std::size_t submit(job_store& to, std::size_t count, std::uint16_t in = 0) {
    const auto answer = to.submitter.submit(std::vector<new_job>(count, {.pipeline = in}), now);
    if (const auto* why = std::get_if<queue_is_full>(&answer)) {
      full = *why;
      return 0;
    }
    return std::get<std::vector<submitted_job>>(answer).size();
  }

  queue_is_full full;
};

TEST_CASE_METHOD(limit_fixture, "a submit beyond the limit is refused with the depth, and whole") {
  CHECK(submit(9) == 9);
  CHECK(submit(2) == 0);
  CHECK(full.pipeline == "trio");
  CHECK(full.limit == 10);
  CHECK(full.depth == 9);
  CHECK_FALSE(full.room_in);
  CHECK(ask("select count(*) from jobs") == 9);
  CHECK(submit(1) == 1);
  CHECK(submit(1) == 0);
  CHECK(submit(50, 1) == 50);
}

TEST_CASE_METHOD(limit_fixture,
                 "a job that works still counts, and one that has ended makes room") {
  submit(10);
  auto jobs = claim();
  CHECK(submit(1) == 0);
  for (std::size_t i = 0; i < 3; ++i)
    settle(jobs[i], pipeline::finish{});
  settle(jobs[3], pipeline::reject{"BAD", "no"});
  CHECK(submit(5) == 0);
  CHECK(full.depth == 6);
  CHECK(submit(4) == 4);
  CHECK(submit(1) == 0);
  CHECK(ask("select count(*) from queue_members") == 10);
}

TEST_CASE_METHOD(limit_fixture, "a refusal says how long it takes at the speed of late") {
  submit(10);
  const auto jobs = claim();
  now += 1s;
  settle(jobs[0], pipeline::finish{});
  now += 3s;
  settle(jobs[1], pipeline::finish{});
  now += 1s;
  CHECK(submit(5) == 0);
  // Two in the four seconds since the first end, and three are missing.
  REQUIRE(full.room_in);
  CHECK(*full.room_in == 6s);
}

TEST_CASE_METHOD(limit_fixture, "jobs that are there when the limit is new count") {
  store.submitter.enqueue(std::vector<new_job>(8), now);
  store.submitter.enqueue(std::vector<new_job>(50, {.pipeline = 1}), now);
  claim(3);
  CHECK(submit(3) == 0);
  CHECK(full.depth == 8);
  CHECK(submit(2) == 2);
}

TEST_CASE_METHOD(limit_fixture,
                 "jobs that are gone no longer count, in a queue longer than a look") {
  const auto many = limit_of(2500);
  job_store wide{on, many};
  CHECK(submit(wide, 2500) == 2500);
  CHECK(submit(wide, 1) == 0);
  on.session() << "delete from jobs where job_id > 2400";
  CHECK(submit(wide, 101) == 0);
  CHECK(submit(wide, 100) == 100);
  CHECK(ask("select depth from queue_depths") == 2500);
}

TEST_CASE_METHOD(limit_fixture, "a job that is kept needs no room") {
  const new_job keyed{.unique = unique_key{"k"}};
  bounded.submitter.submit(std::vector{keyed}, now);
  CHECK(submit(9) == 9);
  const auto answer = bounded.submitter.submit(std::vector{keyed}, now);
  REQUIRE(std::holds_alternative<std::vector<submitted_job>>(answer));
  CHECK(std::get<std::vector<submitted_job>>(answer)[0].became ==
        submitted_job::submit_result::kept);
  CHECK(submit(1) == 0);
}

TEST_CASE_METHOD(limit_fixture, "many submitters at once never go beyond the limit") {
  auto patient = database.settings();
  patient.busy_timeout = 10s;
  std::atomic<int> made{0};
  std::vector<std::thread> all;
  for (int n = 0; n < 5; ++n)
    all.emplace_back([&] {
      connection mine{patient};
      job_store to{mine, limited};
      for (int i = 0; i < 10; ++i) {
        const auto answer = to.submitter.submit(std::vector<new_job>(1), now);
        made += std::holds_alternative<std::vector<submitted_job>>(answer) ? 1 : 0;
      }
    });
  for (auto& one : all)
    one.join();
  CHECK(made == 10);
  CHECK(ask("select count(*) from jobs") == 10);
}

TEST_CASE_METHOD(store_fixture, "a batch moves on from where it stands only") {
  CHECK_FALSE(find_batch(on, "b"));
  const batch_position half{"trio", 10, 100, "aa", 9};
  const batch_position whole{"trio", 20, 200, "bb", 18};
  CHECK(move_batch(on, "b", std::nullopt, half, now));
  CHECK_FALSE(move_batch(on, "b", std::nullopt, half, now));
  CHECK_FALSE(move_batch(on, "b", whole, whole, now));
  CHECK(move_batch(on, "b", half, whole, now));
  CHECK_FALSE(move_batch(on, "b", half, whole, now));
  const auto found = find_batch(on, "b");
  REQUIRE(found);
  CHECK(found->pipeline == "trio");
  CHECK(found->lines == 20);
  CHECK(found->bytes == 200);
  CHECK(found->sha256 == "bb");
  CHECK(found->made == 18);
}

}  // namespace
}  // namespace millrace::storage::testing
