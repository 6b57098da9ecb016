#include "tests/support/server_plan.hpp"
#include "tests/support/store_fixture.hpp"

#include <string>
#include <vector>

// How the server executes what is asked again and again, in tables of any kind, whatever its
// statistics say of them.
namespace {

using namespace millrace;
using namespace millrace::storage::testing;
using storage::new_job;

/// 100,000 jobs; `check` is told what the table is like, before and after its statistics are made.
template <class Check>
void in_each_table(store_fixture& in, Check check) {
  const auto at_each_time = [&](const char* what) {
    check(std::string{what} + ", statistics of another time");
    in.on.session() << "analyze jobs";
    in.on.session() << "analyze events";
    check(std::string{what} + ", analysed");
  };
  at_each_time("an empty table");
  in.store.submitter.enqueue(std::vector<new_job>(100'000), in.now);
  at_each_time("all jobs wait");
  in.on.session() << "update jobs set state = 'working', claimed_by = 7 where job_id % 2 = 0";
  at_each_time("half of them are at work");
  in.on.session() << "update jobs set state = 'done', claimed_by = null";
  at_each_time("all are done");
  in.store.submitter.enqueue(std::vector<new_job>(10), in.now);
  at_each_time("all but ten are done");
}

TEST_CASE_METHOD(store_fixture, "what settles jobs finds them by nothing but their ids") {
  in_each_table(*this, [&](const std::string& table) {
    for (const auto* name : {"change_stage", "change_to_ended", "change_to_waiting",
                             "request_cancel", "read_fences", "read_jobs"}) {
      const auto plan = tests::server_plan(on, name);
      INFO(table << ", " << name << ":\n" << plan);
      CHECK(plan.find("jobs_pkey") != std::string::npos);
      CHECK(plan.find("jobs_working") == std::string::npos);
      CHECK(plan.find("jobs_claimable") == std::string::npos);
    }
  });
}

TEST_CASE_METHOD(store_fixture, "what is asked again and again never reads a whole table") {
  const std::vector<std::string> claims{
      "claim",      "claim_of_lanes", "known_levels",  "first_between", "waiting_lanes",
      "next_level", "next_run_at",    "unsorted_jobs", "waiting_since", "jobs_ahead"};
  const std::vector<std::string> others{"working_jobs_of", "cancel_requests", "has_working",
                                        "in_hand_of",      "replace_flights", "read_fences",
                                        "change_stage",    "change_to_ended", "change_to_waiting",
                                        "read_jobs",       "hold_ended",      "job_window",
                                        "delete_jobs",     "list_landmarks",  "list_plain_events"};
  const auto check = [&](const std::string& table, const std::string& name, bool is_claim) {
    const auto plan = tests::server_plan(on, name);
    INFO(table << ", " << name << ":\n" << plan);
    CHECK(plan.find("Seq Scan on jobs") == std::string::npos);
    CHECK(plan.find("Seq Scan on events") == std::string::npos);
    if (is_claim) {
      CHECK(plan.find("Scan using jobs_claimable on jobs") != std::string::npos);
      CHECK(plan.find("Sort") == std::string::npos);
    }
  };
  in_each_table(*this, [&](const std::string& table) {
    for (const auto& name : claims)
      check(table, name, true);
    for (const auto& name : others)
      check(table, name, false);
  });
}

}  // namespace
