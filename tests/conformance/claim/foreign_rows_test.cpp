#include "base/bounds.hpp"
#include "pipeline/codes.hpp"
#include "storage/db/postgres.hpp"
#include "storage/db/sql_text.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/job_json.hpp"
#include "storage/jobs/job_counts.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

// Rows that were written with SQL: what no job can have is refused or becomes dead, and everything
// else goes on.
namespace millrace::storage::testing {
namespace {

namespace bounds = bounds;

struct foreign_rows : store_fixture {
  /// A plain insert: columns beside those that every row has, and their values as SQL.
  void insert(const std::string& columns = "", const std::string& values = "",
              const std::string& run_at = "1", const std::string& place = "'trio', 'one'") {
    run(fmt::format(
        "insert into jobs (pipeline, stage, run_at, created_at, updated_at{}{})"
        " values ({}, {}, 1, 1{}{})",
        columns.empty() ? "" : ", ", columns, place, run_at, values.empty() ? "" : ", ", values));
  }

  /// What belongs to the newest job.
  void insert_details(const std::string& columns, const std::string& values) {
    run(fmt::format("insert into job_details (job_id, at, {}) values ({}, 1, {})", columns,
                    newest(), values));
  }

  void run(const std::string& sql) {
    if (is_sqlite())
      on.session() << sql;
    else
      postgres::execute(on.session(), sql);
  }

  job_id newest() { return ask("select coalesce(max(job_id), 0) from jobs"); }

  /// What claims have said of jobs that can never be claimed.
  std::vector<job_aside> aside;

  /// Claims until nothing comes; the jobs that came. Each claim must end.
  std::vector<pipeline::job> claim_all() {
    std::vector<pipeline::job> all;
    for (int tries = 0; tries < 50; ++tries) {
      const auto some = store.claims.claim({7, 100}, now);
      aside.insert(aside.end(), some.aside.begin(), some.aside.end());
      all.insert(all.end(), some.jobs.begin(), some.jobs.end());
      if (some.jobs.empty() && (!some.next_run_at || *some.next_run_at > now))
        return all;
    }
    FAIL("the claims have no end");
    return all;
  }

  /// The newest job is dead, the reason is told, and a normal job is claimed.
  void check_set_aside(const std::string& why) {
    const auto bad = newest();
    const auto good = add();
    const auto claimed = claim_all();
    REQUIRE(claimed.size() == 1);
    CHECK(claimed.front().id == good);
    REQUIRE_FALSE(aside.empty());
    CHECK(aside.back().job == bad);
    CHECK_THAT(aside.back().why, Catch::Contains(why));
    const auto job = find(bad);
    CHECK(job.state == job_state::deadletter);
    CHECK(job.code == pipeline::codes::ROW_INVALID);
    CHECK_THAT(job.message, Catch::Contains(why));
    const auto told = history(bad);
    CHECK(std::vector<std::string>(told.end() - 2, told.end()) ==
          std::vector<std::string>{"error ROW_INVALID", "finalized ROW_INVALID"});
    CHECK(std::string{explain(on, pipelines, bad, now).reason} == "DEAD");
    settle(claimed.front(), pipeline::finish{});
  }
};

/// A text that does not get shorter by compression, as PostgreSQL does it for an index.
std::string letters(std::size_t count) {
  std::mt19937 random{17};
  std::string text(count, ' ');
  for (auto& c : text)
    c = static_cast<char>('a' + random() % 26);
  return text;
}

TEST_CASE_METHOD(foreign_rows, "a row with a number that no job can have is refused") {
  std::vector<std::pair<std::string, std::string>> values{{"epoch", "9223372036854775807"},
                                                          {"cancel_requested", "2"},
                                                          {"lane", "-1"},
                                                          {"priority", "2147483648"}};
  if (is_sqlite())
    values.insert(values.end(), {{"priority", "1.5"},
                                 {"lane", "'z'"},
                                 {"epoch", "'x'"},
                                 {"attempt", "'x'"},
                                 {"crashes", "0.5"},
                                 {"claimed_by", "'me'"},
                                 {"correlation_id", "x'00ff'"}});
  for (const auto& [column, value] : values) {
    INFO(column << " = " << value);
    CHECK_THROWS(insert(column, value));
  }
  std::vector<std::string> times{"-1", "253402300800000000", "9223372036854775807"};
  if (is_sqlite())
    times.insert(times.end(), {"datetime('now')", "'2026-01-01 00:00:00'", "1.25"});
  for (const auto& time : times) {
    INFO("run_at = " << time);
    CHECK_THROWS(insert("", "", time));
  }
  CHECK(ask("select count(*) from jobs") == 0);
  insert("epoch", std::to_string(bounds::highest_epoch), std::to_string(to_us(bounds::latest)));
  CHECK(ask("select count(*) from jobs") == 1);
}

TEST_CASE_METHOD(foreign_rows, "a text that is too long for an index makes its own job dead only") {
  const auto longest = bounds::longest_key;
  for (const auto bytes : {longest + 1, std::size_t{6000}}) {
    insert("", "", "1", fmt::format("'trio', '{}'", letters(bytes)));
    check_set_aside("its stage has");
    insert("", "", "1", fmt::format("'{}', 'one'", letters(bytes)));
    check_set_aside("its pipeline has");
    insert("correlation_id", fmt::format("'{}'", letters(bytes)));
    check_set_aside("its correlation_id has");
  }
  // A lane of texts that are as long as they may be.
  insert("", "", "1", fmt::format("'{}', '{}'", letters(longest), letters(longest)));
  insert_details("tenant", fmt::format("'{}'", letters(longest)));
  CHECK(claim_all().empty());
  CHECK(find(newest()).state == job_state::queued);
  CHECK(ask("select count(*) from jobs where lane = 0 and state = 'queued'") == 0);
}

TEST_CASE_METHOD(foreign_rows, "a label that is too long is refused, or makes its job dead") {
  const std::vector<std::pair<std::string, std::size_t>> labels{{"tenant", bounds::longest_key},
                                                                {"unique_key", bounds::longest_key},
                                                                {"tags", bounds::longest_tags}};
  for (const auto& [column, most] : labels) {
    INFO(column);
    insert();
    const auto too_long = fmt::format("'{}'", letters(most + 1));
    if (is_sqlite()) {
      insert_details(column, too_long);
      check_set_aside(fmt::format("{} bytes: {} are allowed", most + 1, most));
    } else {
      CHECK_THROWS(insert_details(column, too_long));
      claim_all();
    }
  }
  insert();
  if (is_sqlite()) {
    insert_details("unique_key, unique_while", "'k', 'foo'");
    check_set_aside("unique_while");
  } else {
    CHECK_THROWS(insert_details("unique_key, unique_while", "'k', 'foo'"));
  }
}

TEST_CASE_METHOD(foreign_rows, "a job whose unique_while is unknown can be retried") {
  const auto id = store.submitter.enqueue(std::vector<new_job>{{.payload = "1"}}, now).front();
  settle(claim().front(), pipeline::reject{"BAD", "no"});
  run(fmt::format("update job_details set unique_key = 'k' where job_id = {}", id));
  if (is_sqlite())
    run(fmt::format("update job_details set unique_while = 'foo' where job_id = {}", id));
  CHECK(std::holds_alternative<pipeline::change>(store.control.retry(id, "ann", now)));
  CHECK(claim().size() == 1);
}

TEST_CASE_METHOD(foreign_rows, "a lane that is not there, or of another stage, is found out") {
  insert("lane", "777");
  insert("lane", "9223372036854775807");
  add();
  CHECK(claim_all().size() == 3);
  // The lane of stage two has jobs of stage one.
  store.submitter.enqueue(std::vector<new_job>{{.stage = 1}}, now);
  const auto lane = ask("select lane from lanes where stage = 'two'");
  for (int i = 0; i < 3; ++i)
    insert("lane", std::to_string(lane));
  const auto claimed = claim_all();
  CHECK(claimed.size() == 4);
  CHECK(ask("select count(*) from jobs where state <> 'working'") == 0);
}

TEST_CASE_METHOD(foreign_rows, "rows without a lane are claimed however the database joins lanes") {
  if (!is_sqlite())
    run("set enable_nestloop = off; set enable_mergejoin = off");
  insert();
  store.submitter.enqueue(std::vector<new_job>{{.tenant = "another"}}, now);
  CHECK(claim_all().size() == 2);
  store.submitter.enqueue(std::vector<new_job>{{.tenant = "another"}}, now);
  insert();
  CHECK(store.claims.claim({7, 100}, now).jobs.size() == 2);
}

TEST_CASE_METHOD(foreign_rows, "jobs in the lane of a stage that is not served are found out") {
  insert("", "", "1", "'trio', 'gone'");
  insert("", "", "1", "'trio', 'gone'");
  CHECK(claim().empty());
  const auto lane = ask("select lane from lanes where stage = 'gone'");
  insert("lane", std::to_string(lane));
  run("update jobs set stage = 'one' where job_id = " + std::to_string(newest() - 1));
  now += std::chrono::minutes{1};
  CHECK(claim_all().size() == 2);
  CHECK(ask("select count(*) from jobs where state <> 'working'") == 1);
}

TEST_CASE_METHOD(foreign_rows,
                 "a payload that is nested too deep makes its job dead, and is shown") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']');
  };
  // PostgreSQL itself refuses the deepest.
  for (const auto depth : {bounds::deepest_json + 1, is_sqlite() ? 300'000 : 1000}) {
    insert();
    insert_details("payload", fmt::format("'{}'", nested(depth)));
    check_set_aside("within each other deeper than 512");
    const auto shown = nlohmann::json::parse(in_one_line(describe(find(newest() - 1))));
    CHECK(shown.at("payload").get<std::string>().size() == 2 * static_cast<std::size_t>(depth));
  }
  insert();
  insert_details("payload", fmt::format("'{}'", nested(bounds::deepest_json)));
  const auto claimed = claim_all();
  REQUIRE(claimed.size() == 1);
  CHECK(claimed.front().payload == nested(bounds::deepest_json));
}

TEST_CASE_METHOD(foreign_rows, "a row with the highest epoch is set aside when it is passed over") {
  insert("epoch", std::to_string(bounds::highest_epoch));
  const auto id = newest();
  CHECK(kind_thrown([&] { claim(1); }) == error_kind::permanent);
  // The sorting of its lane was undone with the claim.
  CHECK(store.claims.pass_over_refused("why", now).has_sorted);
  CHECK(kind_thrown([&] { claim(1); }) == error_kind::permanent);
  const auto refused = store.claims.pass_over_refused("why", now).aside;
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().job == id);
  CHECK(refused.front().place == "trio.one");
  CHECK(find(id).code == pipeline::codes::ROW_INVALID);
  CHECK(find(id).epoch == 1);
  CHECK(claim().empty());
}

TEST_CASE_METHOD(foreign_rows, "times and counts of a row that no calendar has are shown bounded") {
  run(
      fmt::format("insert into jobs (pipeline, stage, run_at, created_at, updated_at, attempt,"
                  " state) values ('trio', 'one', 1, {}, {}, 2147483647, 'done')",
                  "-9223372036854775807", "9223372036854775807"));
  const auto text = in_one_line(describe(find(newest())));
  CHECK_THAT(text, Catch::Contains("\"0001-01-01T00:00:00.000000Z\""));
  CHECK_THAT(text, Catch::Contains("\"9999-12-31T23:59:59.999999Z\""));
}

TEST_CASE_METHOD(foreign_rows, "ids with nothing between them take no time to be looked through") {
  for (const auto* id : {"-9223372036854775807", "1", "20000", "20001", "9223372036854775807"})
    insert("job_id, state", std::string{id} + ", 'deadletter'");
  std::int64_t counted = 0;
  for (const auto& one : count_jobs(on))
    counted += one.count;
  CHECK(counted == 5);
  CHECK(list_movable(on, {}).jobs.size() == 5);
  CHECK(list_ended(on, {.state = job_state::deadletter}).jobs.size() == 4);
  const auto last = list_ended(on, {.state = job_state::deadletter, .after = 20'000}).jobs;
  REQUIRE(last.size() == 2);
  CHECK(last.front().id == 20'001);
}

/// Brings an empty database to an older version.
void migrate_to(connection& on, int version) {
  for (const auto& one : embedded_migrations()) {
    const auto number = std::stoi(std::string{one.name});
    if (one.dialect != to_string(on.dialect()) || number > version)
      continue;
    transaction tx{on};
    on.make_schema();
    on.run_script(one.text);
    on.prepared<>("record_migration")
        .with("version", number)
        .with("name", one.name)
        .with("works_with", one.works_with)
        .with("now", 1)
        .run();
    tx.commit();
  }
}

TEST_CASE("an upgrade makes unfinished rows with impossible values dead, and keeps the rest") {
  const tests::test_database database;
  connection on{database.settings()};
  migrate_to(on, 7);
  const auto insert = [&](const std::string& columns, const std::string& values) {
    on.session() << "insert into jobs (pipeline, stage, created_at, updated_at, run_at" + columns +
                        ") values ('trio', 'one', 1, 1, " + values + ")";
  };
  const bool is_sqlite = on.dialect() == dialect::sqlite;
  insert("", "1");
  insert(", epoch", "1, 9223372036854775807");
  insert(", lane", "1, -5");
  insert("", is_sqlite ? "'2026-01-01 00:00:00'" : "-1");
  insert(", state", is_sqlite ? "datetime('now'), 'done'" : "9223372036854775807, 'done'");
  insert(", state, claimed_by, epoch", "1, 'working', 3, 5");
  on.session() << "insert into job_details (job_id, at, parent) values (2, 1, 1)";
  CHECK(migrate(on, start) > 0);

  const auto state = [&](job_id id) { return find_job(on, id).value().state; };
  CHECK(state(1) == job_state::queued);
  for (const job_id id : {2, 3, 4}) {
    INFO(id);
    const auto job = find_job(on, id).value();
    CHECK(job.state == job_state::deadletter);
    CHECK(job.code == pipeline::codes::ROW_INVALID);
    CHECK(job.updated_at == start);
    CHECK(list_events(on, {.job = id}).size() == 2);
  }
  CHECK_THAT(find_job(on, 4).value().message, Catch::Contains("run_at"));
  CHECK(state(5) == job_state::done);
  CHECK(state(6) == job_state::working);
  // They can be moved: nothing of them is refused any more.
  const auto pipelines = small_catalog();
  job_store store{on, pipelines};
  for (const job_id id : {2, 3, 4})
    CHECK(std::holds_alternative<pipeline::change>(store.control.retry(id, "ann", start)));
  CHECK(store.claims.claim({7, 10}, start).jobs.size() == 4);
  CHECK_THROWS(insert("", "-1"));
}

}  // namespace
}  // namespace millrace::storage::testing
