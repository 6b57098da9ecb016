#include "tests/support/store_fixture.hpp"

#include <cctype>
#include <map>
#include <string>
#include <vector>

// As long as any transaction of the server is older, the indexes keep an entry of each job that has
// left them. What is done again and again does not walk over these.
namespace {

using namespace millrace;
using namespace millrace::storage::testing;
using storage::new_job;

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
  store.enqueue(std::vector<new_job>(jobs, {.pipeline = 1}), now);
  entries first;
  entries last;
  for (int n = 0; n < jobs / batch; ++n) {
    storage::transaction all{on};
    const auto before = read();
    const auto claimed = by.claim({7, batch}, now).jobs;
    REQUIRE(claimed.size() == batch);
    std::vector<storage::settlement> done;
    for (const auto& one : claimed)
      done.push_back({one, pipeline::advance{}, true});
    by.settle(done, now);
    by.cancel_requests(7);
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

/// How the server would execute a statement that was prepared once.
std::string plan_of(storage::connection& on, const std::string& name) {
  std::string sql;
  std::map<std::string, int> numbers;
  const std::string named{on.sql(name)};
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i] != ':') {
      sql += named[i];
      continue;
    }
    std::string parameter;
    while (i + 1 < named.size() &&
           (std::isalnum(static_cast<unsigned char>(named[i + 1])) != 0 || named[i + 1] == '_'))
      parameter += named[++i];
    sql += "$" + std::to_string(numbers.try_emplace(parameter, numbers.size() + 1).first->second);
  }
  std::string nulls;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    nulls += nulls.empty() ? "null" : ", null";
  on.session() << "prepare asked as " << sql;
  std::string plan;
  soci::rowset<std::string> rows = on.session().prepare << "explain execute asked(" + nulls + ")";
  for (const auto& row : rows)
    plan += row + "\n";
  on.session() << "deallocate asked";
  return plan;
}

TEST_CASE_METHOD(store_fixture, "what settles jobs finds them by nothing but their ids") {
  const auto check_plans = [&](const char* when) {
    for (const auto* name : {"change_stage", "change_to_ended", "change_to_waiting",
                             "request_cancel", "read_fences", "read_jobs"}) {
      const auto plan = plan_of(on, name);
      INFO(when << ", " << name << ":\n" << plan);
      CHECK(plan.find("jobs_pkey") != std::string::npos);
      CHECK(plan.find("jobs_working") == std::string::npos);
      CHECK(plan.find("jobs_claimable") == std::string::npos);
    }
  };
  check_plans("an empty table");
  store.enqueue(std::vector<new_job>(10'000), now);
  claim(5000);
  check_plans("a full table");
  on.session() << "analyze jobs";
  check_plans("a full table that was analysed");
  on.session() << "update jobs set state = 'done'";
  on.session() << "analyze jobs";
  check_plans("a table where nothing is at work");
}

}  // namespace
