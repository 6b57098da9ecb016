#include "storage/runtimes/running_jobs.hpp"
#include "tests/support/slow_time.hpp"
#include "tests/support/store_fixture.hpp"

#include <string>
#include <vector>

// As long as any transaction of the server is older, the indexes keep an entry of each job that has
// left them. What is done again and again does not walk over these.
namespace {

using namespace millrace;
using namespace millrace::storage::testing;
using storage::new_job;
using tests::per_look;
using tests::slow_time;

struct pinned_fixture : store_fixture {
  pinned_fixture() { stranger.session() << "select txid_current()", soci::into(number); }

  /// Entries of indexes that this session has read; grows within a transaction.
  struct entries {
    std::int64_t claimable = 0;
    std::int64_t working = 0;
    std::int64_t ids = 0;

    void add_since(const entries& before, const entries& now) {
      claimable += now.claimable - before.claimable;
      working += now.working - before.working;
      ids += now.ids - before.ids;
    }
  };
  entries read() {
    const auto of = [&](const std::string& index) {
      return ask("select pg_stat_get_xact_tuples_returned(cast('" + index + "' as regclass))");
    };
    return {of("jobs_claimable"), of("jobs_working") + of("jobs_to_cancel"), of("jobs_pkey")};
  }

  storage::connection stranger{database.settings()};
  storage::transaction open{stranger};
  long long number = 0;
};

TEST_CASE_METHOD(pinned_fixture,
                 "a claim and a settle cost the same after many jobs as after few") {
  constexpr int jobs = 20'000;
  constexpr int batch = 100;
  constexpr int tenth = jobs / batch / 10;
  storage::job_store by{on, pipelines, {.sweeps = {.apart = 1h}}};
  store.submitter.enqueue(std::vector<new_job>(jobs, {.pipeline = 1}), now);
  // What has waited for long is claimed without a distance.
  now += 1min;
  entries first;
  entries last;
  for (int n = 0; n < jobs / batch; ++n) {
    storage::transaction all{on};
    const auto before = read();
    const auto claimed = by.claims.claim({7, batch}, now).jobs;
    REQUIRE(claimed.size() == batch);
    std::vector<storage::settlement> done;
    for (const auto& one : claimed)
      done.push_back({one, pipeline::advance{}, true});
    by.settler.settle(done, now);
    by.control.cancel_requests(7);
    // The first claim is a sweep.
    auto* const count = n == 0 ? nullptr : n <= tenth ? &first : n >= 9 * tenth ? &last : nullptr;
    if (count != nullptr)
      count->add_since(before, read());
    all.commit();
  }
  CHECK(first.claimable >= tenth * batch);
  CHECK(last.claimable <= first.claimable * 11 / 10);
  CHECK(first.working == 0);
  CHECK(last.working == 0);
  CHECK(last.ids <= first.ids * 11 / 10);
}

TEST_CASE_METHOD(store_fixture, "what a worker has in hand is recorded in a new row each time") {
  storage::running_jobs_table recorder{database.settings()};
  recorder.become(7);
  recorder.record(0, std::vector<storage::running_job>{{1, 1}});
  const auto first = ask("select slot from in_hand");
  recorder.record(0, std::vector<storage::running_job>{{2, 1}, {3, 1}});
  CHECK(ask("select count(*) from in_hand where slot <> " + std::to_string(first)) == 1);
  CHECK(ask("select count(*) from in_hand") == 1);
  CHECK(ask("select count(*) from in_hand where jobs = '[[2,1],[3,1]]'") == 1);
  recorder.record(1, std::vector<storage::running_job>{{4, 1}});
  CHECK(ask("select count(*) from in_hand") == 2);
}

/// The first claim was a sweep that took so long that there will be no other one.
struct no_sweep_fixture : store_fixture {
  no_sweep_fixture() {
    store.submitter.enqueue(std::vector<new_job>(2), now);
    per_look = 1h;
    REQUIRE(take().size() == 2);
    per_look = {};
    REQUIRE(take().empty());
  }

  std::vector<storage::job_id> take() {
    std::vector<storage::job_id> ids;
    last = by.claims.claim({7, 1500}, now);
    for (const auto& one : last.jobs)
      ids.push_back(one.id);
    return ids;
  }
  storage::job_id add(const new_job& like) {
    return store.submitter.enqueue({&like, 1}, now).front();
  }

  storage::job_store by{on, pipelines, {.sweeps = {.monotonic = slow_time}}};
  storage::connection elsewhere{database.settings()};
  storage::claim_result last;
};

using ids = std::vector<storage::job_id>;

TEST_CASE_METHOD(no_sweep_fixture, "what is committed late is claimed then, without a sweep") {
  storage::job_store slow{elsewhere, pipelines, {}};
  for (const auto lasts : {200ms, 4000ms}) {
    storage::transaction open{elsewhere};
    const new_job like;
    const auto late = slow.submitter.enqueue({&like, 1}, now);
    now += lasts / 2;
    for (int n = 0; n < 2; ++n) {
      store.submitter.enqueue(std::vector<new_job>(1500), now);
      CHECK(take().size() == 1500);
    }
    CHECK(take().empty());
    now += lasts / 2;
    open.commit();
    CHECK(take() == late);
  }
}

TEST_CASE_METHOD(no_sweep_fixture, "new levels are claimed from within a second, without a sweep") {
  for (const auto& like : {new_job{.priority = 5}, new_job{.priority = 2}, new_job{.priority = -1},
                           new_job{.stage = 1}, new_job{.tenant = "acme"},
                           new_job{.priority = 3, .tenant = "acme"}, new_job{.pipeline = 1}}) {
    CHECK(take().empty());
    const auto id = add(like);
    CHECK(take().empty());
    REQUIRE(last.next_run_at == now + 1s);
    now += 1s;
    CHECK(take() == ids{id});
  }
}

TEST_CASE_METHOD(no_sweep_fixture, "how long a job has waited is known without a sweep") {
  const auto since = now;
  add({});
  now += 5s;
  CHECK(by.claims.oldest_waiting(now) == since);
  CHECK(take().size() == 1);
  CHECK_FALSE(by.claims.oldest_waiting(now));
}

TEST_CASE_METHOD(no_sweep_fixture, "a caller's clock that is late hides no job") {
  for (int n = 0; n < 20; ++n) {
    store.submitter.enqueue(std::vector<new_job>(100), now);
    const auto behind = add({.run_at = now - 500ms});
    const auto taken = take();
    REQUIRE(taken.size() == 101);
    CHECK(taken.front() == behind);
    now += 50ms;
  }
}

}  // namespace
