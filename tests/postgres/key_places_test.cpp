#include "storage/db/error.hpp"
#include "tests/support/store_fixture.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

// Concurrency keys with several runtimes at once, each with a connection that claims and one that
// settles.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using fixture = storage::testing::store_fixture;

constexpr int key_count = 3;
constexpr int job_count = 240;

/// How many jobs of each key are in the hands of all runtimes.
struct keys_at_work {
  std::array<std::atomic<int>, key_count> at_work{};
  std::atomic<int> most{0};
  std::atomic<int> done{0};

  void began(const pipeline::job& one) {
    const auto now = ++at_work.at(one.payload.at(0) - '0');
    for (auto before = most.load(); now > before && !most.compare_exchange_weak(before, now);)
      continue;
  }
  void ended(const pipeline::job& one) { --at_work.at(one.payload.at(0) - '0'); }
};

/// Tries again what meets another transaction.
template <class Work>
auto until_done(Work work) {
  for (;;) {
    try {
      return work();
    } catch (const storage::error& e) {
      if (e.kind() != storage::error_kind::transient)
        throw;
    }
  }
}

void run_one(const fixture& in, storage::runtime_id runtime, keys_at_work& keys) {
  storage::connection claiming{in.database.settings()};
  storage::connection settling{in.database.settings()};
  storage::job_store takes{claiming, in.pipelines};
  storage::job_store writes{settling, in.pipelines};
  const system_clock time;
  while (keys.done < job_count) {
    const auto jobs = until_done(
        [&] { return takes.claims.claim({.runtime = runtime, .limit = 10}, time.now()).jobs; });
    for (const auto& one : jobs)
      keys.began(one);
    for (const auto& one : jobs) {
      // A place is left when that is committed, and taken by others at once.
      keys.ended(one);
      const auto became = until_done([&] {
        return writes.settler.settle(
            std::vector<storage::settlement>{{one, pipeline::finish{"", "", {}}, false}},
            time.now());
      });
      keys.done += became.front() ? 1 : 0;
    }
  }
}

TEST_CASE_METHOD(fixture, "several runtimes together have one job of a key at work") {
  std::vector<storage::new_job> jobs;
  for (int i = 0; i < job_count; ++i)
    jobs.push_back({.priority = i % 3,
                    .payload = std::to_string(i % key_count),
                    .concurrency_key = "k" + std::to_string(i % key_count)});
  store.submitter.enqueue(jobs, system_clock{}.now());
  keys_at_work keys;
  std::vector<std::jthread> runtimes;
  for (storage::runtime_id id = 1; id <= 3; ++id)
    runtimes.emplace_back([&, id] { run_one(*this, id, keys); });
  runtimes.clear();
  CHECK(keys.done == job_count);
  CHECK(keys.most == 1);
  CHECK(ask("select count(*) from keyed_jobs") == 0);
}

}  // namespace
