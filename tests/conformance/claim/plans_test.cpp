#include "tests/support/server_plan.hpp"
#include "tests/support/store_fixture.hpp"

#include <string>
#include <vector>

// What is asked again and again costs the same with ten jobs and with ten million: its plan leads
// through an index, also where it was made while the tables were empty, as here.
namespace millrace::storage::testing {
namespace {

std::string sqlite_plan(connection& on, const std::string& name) {
  std::string plan;
  const auto sql = "explain query plan " + std::string{on.sql(name)};
  // The parameters are left unbound; only the plan is asked for.
  soci::rowset<soci::row> rows = on.session().prepare << sql;
  for (const auto& row : rows)
    plan += row.get<std::string>("detail") + "\n";
  return plan;
}

std::string plan_of(connection& on, const std::string& name) {
  return on.dialect() == dialect::sqlite ? sqlite_plan(on, name) : tests::server_plan(on, name);
}

/// Whether the plan reads the table from one end to the other.
bool reads_all(connection& on, const std::string& plan, const std::string& table) {
  return plan.find(on.dialect() == dialect::sqlite ? "SCAN " + table + "\n"
                                                   : "Seq Scan on " + table) != std::string::npos;
}

TEST_CASE_METHOD(store_fixture, "claim walks the index of claimable jobs") {
  std::vector<std::string> names{"claim",         "claim_of_lanes", "next_run_at",
                                 "next_level",    "waiting_since",  "unsorted_jobs",
                                 "waiting_lanes", "known_levels",   "leave_lane_of_others"};
  if (!is_sqlite())
    names.emplace_back("first_between");
  for (const auto& name : names) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    CHECK(plan.find(is_sqlite() ? "INDEX jobs_claimable (lane"
                                : "Scan using jobs_claimable on jobs") != std::string::npos);
    CHECK_FALSE(reads_all(on, plan, "jobs"));
    CHECK(plan.find(is_sqlite() ? "USE TEMP B-TREE FOR ORDER BY" : "Sort") == std::string::npos);
  }
}

TEST_CASE_METHOD(store_fixture,
                 "what changes jobs finds them by their ids, even if planned while "
                 "there were none") {
  std::vector<std::string> names{
      "change_stage",    "change_to_ended", "change_to_waiting", "read_fences", "request_cancel",
      "working_jobs_of", "cancel_requests", "count_unfinished",  "read_jobs",   "ended_jobs"};
  if (is_sqlite())
    names.insert(names.end(), {"change_events", "claim_events"});
  for (const auto& name : names) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    CHECK_FALSE(reads_all(on, plan, "jobs"));
  }
}

TEST_CASE_METHOD(store_fixture, "places of concurrency keys are found by key, job or time") {
  for (const auto* name :
       {"count_keyed", "find_keyed", "drop_keyed", "park_keyed", "unsort_keyed", "next_keyed",
        "first_scheduled_keyed", "due_keyed", "keyed_rows", "drop_keyed_of_ended", "waiting_keys",
        "keyed_ahead", "key_holders_of", "leave_lanes_beyond"}) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    for (const auto* table : {"jobs", "j", "keyed_jobs", "k", "o", "job_details", "d"})
      CHECK_FALSE(reads_all(on, plan, table));
    CHECK(plan.find(is_sqlite() ? "USE TEMP B-TREE FOR ORDER BY" : "Sort") == std::string::npos);
  }
}

TEST_CASE_METHOD(store_fixture, "a submit compares no job with every kind of job") {
  const auto plan = plan_of(on, "enqueue");
  INFO(plan);
  if (is_sqlite())
    CHECK(plan.find("USING AUTOMATIC COVERING INDEX (kind=?)") != std::string::npos);
  else
    CHECK(plan.find("Join Filter") == std::string::npos);
}

TEST_CASE_METHOD(store_fixture, "the codes of dead jobs are found by the ids of the jobs") {
  for (const auto* name : {"ended_jobs", "forget_failures"}) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    CHECK_FALSE(reads_all(on, plan, "job_details"));
    CHECK_FALSE(reads_all(on, plan, "d"));
  }
}

TEST_CASE_METHOD(store_fixture,
                 "what stands before a job is read from the index of claimable jobs") {
  const auto plan = plan_of(on, "jobs_ahead");
  INFO(plan);
  CHECK(plan.find(is_sqlite() ? "INDEX jobs_claimable (lane=? AND priority=? AND run_at<?"
                              : "Scan using jobs_claimable on jobs") != std::string::npos);
  CHECK(plan.find(is_sqlite() ? "USE TEMP B-TREE FOR ORDER BY" : "Sort") == std::string::npos);
  if (!is_sqlite())
    CHECK(plan.find("Index Cond: ((lane = $1) AND (priority = $2) AND (ROW(run_at, job_id) < "
                    "ROW($3, $4)))") != std::string::npos);
  CHECK_FALSE(reads_all(on, plan_of(on, "last_job_id"), "jobs"));
}

TEST_CASE_METHOD(store_fixture,
                 "a submit looks at nothing but its keys and the members of its queue") {
  for (const auto* name : {"open_keys", "key_holders", "take_keys", "keys_of_jobs", "job_states",
                           "forget_keys", "grow_queue", "ended_members", "forget_members",
                           "count_in_waiting", "find_batch", "advance_batch"}) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    for (const auto* table : {"jobs", "job_details", "unique_keys", "queue_depths", "queue_members",
                              "submit_batches", "u", "j", "d", "m"})
      CHECK_FALSE(reads_all(on, plan, table));
  }
}

TEST_CASE_METHOD(store_fixture, "relatives are found by their ids") {
  for (const auto* name :
       {"parents_among", "first_unfinished_child", "unfinished_children", "failed_children",
        "children_of", "outputs_of", "count_children", "disown_children", "forget_children",
        "forget_joins", "end_join", "waits_for_children", "children_of_unfinished"}) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    for (const auto* table : {"jobs", "j", "p", "job_details", "d", "children", "c", "joins"})
      CHECK_FALSE(reads_all(on, plan, table));
  }
}

/// The plan for each partition, also for those that the values of the parameters leave out.
std::string plan_of_events(connection& on, const std::string& name) {
  if (on.dialect() == dialect::postgres)
    on.session() << "set enable_partition_pruning = off";
  return plan_of(on, name);
}

TEST_CASE_METHOD(store_fixture, "the landmarks of many jobs are found through their index") {
  const auto plan = plan_of_events(on, "list_landmarks_of_jobs");
  INFO(plan);
  CHECK(plan.find("events_by_job") != std::string::npos);
  CHECK_FALSE(reads_all(on, plan, "events"));
}

TEST_CASE_METHOD(store_fixture, "the retention reads and deletes a window, not the table") {
  for (const auto* name :
       {"job_window", "hold_ended", "delete_jobs", "delete_details", "forget_keys", "find_jobs"}) {
    const auto plan = plan_of(on, name);
    INFO(name << ":\n" << plan);
    for (const auto* table : {"jobs", "job_details", "unique_keys", "j", "d"})
      CHECK_FALSE(reads_all(on, plan, table));
  }
}

TEST_CASE_METHOD(store_fixture, "events are found through indexes") {
  for (const auto* name : {"list_events", "list_landmarks", "list_plain_events",
                           "list_plain_events_of_jobs", "newest_landmarks"}) {
    const auto plan = plan_of_events(on, name);
    INFO(name << ":\n" << plan);
    CHECK_FALSE(reads_all(on, plan, "events"));
    CHECK(plan.find(is_sqlite() ? "USE TEMP B-TREE FOR ORDER BY" : "Sort on") == std::string::npos);
    CHECK(plan.find(std::string{name}.ends_with("landmarks") ? "events_by_job"
                    : is_sqlite()                            ? "INTEGER PRIMARY KEY"
                                  : "events_in_order") != std::string::npos);
  }
}

}  // namespace
}  // namespace millrace::storage::testing
