#include "storage/db/postgres.hpp"
#include "storage/db/sql_text.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/postgres/role_fixture.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

// What a role of the server can reach that is hostile, through all that runs for it or on its word.
namespace {

using namespace millrace;

/// What docs/postgresql.md grants to a role that submits, with keys and replacing.
constexpr std::array submitter_grants{
    "execute on function millrace_submit",
    "select on pipelines",
    "insert (pipeline, stage, priority, run_at, correlation_id, created_at, updated_at),"
    " select (job_id) on jobs",
    "insert (job_id, payload, at, unique_key, unique_while, tenant, tags) on job_details",
    "select, insert, update (job_id, unique_while) on unique_keys",
    "select (state), update (updated_at) on jobs",
    "select (job_id), update (payload, at) on job_details",
    "select (epoch, attempt, pipeline, stage, correlation_id) on jobs",
    "insert on events"};

struct hostile_fixture : tests::role_fixture {
  hostile_fixture() { grant("usage on schema " + schema()); }

  void let_submit() {
    announce(on, pipelines, 7, now);
    for (const auto* one : submitter_grants)
      grant(one);
  }

  /// Does `sql` as the role, and answers the one number that the last statement says.
  std::int64_t as_role(const std::string& preparing, const std::string& asking) {
    storage::connection mine{settings()};
    if (!preparing.empty())
      storage::postgres::execute(mine.session(), preparing);
    long long answer = 0;
    mine.session() << asking, soci::into(answer);
    return answer;
  }

  bool is_refused(const std::string& sql) {
    storage::connection mine{settings()};
    try {
      storage::postgres::execute(mine.session(), sql);
      return false;
    } catch (const soci::soci_error& e) {
      CHECK_THAT(e.what(), Catch::Contains("permission denied"));
      return true;
    }
  }

  std::string in_schema(const std::string& name) const { return schema() + "." + name; }
};

TEST_CASE_METHOD(hostile_fixture,
                 "every function has a fixed search path that ends with pg_temp, and is not for "
                 "everybody") {
  const auto of_schema =
      "from pg_proc p where p.pronamespace = cast('" + schema() + "' as regnamespace)";
  CHECK(ask("select count(*) " + of_schema) >= 3);
  CHECK(ask("select count(*) " + of_schema +
            " and not exists (select from unnest(p.proconfig) as c where c like"
            " 'search_path=pg_catalog,%' and c like '%, pg_temp')") == 0);
  CHECK(ask("select count(*) " + of_schema +
            " and (p.proacl is null or exists (select from aclexplode(p.proacl) a"
            " where a.grantee = 0))") == 0);
  // What runs with the rights of the owner may not look into a schema where others may create.
  CHECK(ask("select count(*) " + of_schema +
            " and p.prosecdef and not 'search_path=pg_catalog, pg_temp' = any(p.proconfig)") == 0);
}

TEST_CASE_METHOD(hostile_fixture, "a role without rights calls none of the functions") {
  CHECK(is_refused("select " + in_schema("millrace_last_event()")));
  CHECK(is_refused("select " + in_schema("millrace_submit('trio', stage => 'one')")));
  CHECK(
      is_refused("create temp table t (a int); create trigger t after insert on t"
                 " execute function " +
                 in_schema("millrace_notify()")));
}

TEST_CASE_METHOD(hostile_fixture, "a temporary object does not stand for one of the owner's") {
  grant("execute on function millrace_last_event()");
  add();
  const auto last = storage::last_event_id(on);
  const std::string traps =
      "create function pg_temp.trap() returns bigint language sql as"
      " $$ select cast(4711 + length(set_config('trap.who', cast(current_user as text), false))"
      " as bigint) $$;"
      "create view pg_temp.events_event_id_seq as"
      " select pg_temp.trap() as last_value, true as is_called;"
      "set search_path = pg_temp, " +
      schema() + ";";
  const auto call = in_schema("millrace_last_event()");
  CHECK(as_role(traps, "select " + call) == last);
  CHECK(as_role(traps + "select " + call,
                "select count(*) where coalesce(current_setting('trap.who', true), '') <> ''") ==
        0);
}

TEST_CASE_METHOD(hostile_fixture,
                 "a submitter's own tables, functions and operators change nothing") {
  let_submit();
  const auto own = role + "_own";
  on.session() << "create schema " + own + " authorization " + role;
  const auto traps = fmt::format(
      "create table {0}.jobs (like {1}.pipelines); create table {0}.pipelines (pipeline text);"
      "create temp table jobs (a int); create temp table pipelines (a int);"
      "create function {0}.trap(text) returns text language plpgsql as"
      " $$ begin raise exception 'trapped'; end $$;"
      "create function {0}.\"left\"(text, int) returns text language sql as"
      " $$ select {0}.trap($1) $$;"
      "create function {0}.replace(text, text, text) returns text language sql as"
      " $$ select {0}.trap($1) $$;"
      "create function {0}.gen_random_uuid() returns uuid language sql as"
      " $$ select cast({0}.trap('') as uuid) $$;"
      "create function {0}.pg_notify(text, text) returns text language sql as"
      " $$ select {0}.trap($1) $$;"
      "create function {0}.join_names(text, name) returns text language sql as"
      " $$ select {0}.trap($1) $$;"
      "create operator {0}.|| (leftarg = text, rightarg = name, function = {0}.join_names);"
      "set search_path = {0}, pg_temp, pg_catalog, {1};",
      own, schema());
  const auto id = as_role(traps, "select " + in_schema("millrace_submit('trio', '{\"n\": 1}')"));
  CHECK(find(id).stage == "one");
  CHECK(find(id).correlation_id.size() == 16);
}

TEST_CASE_METHOD(hostile_fixture, "a submitter sets what a submitter says, and nothing else") {
  let_submit();
  const auto id = as_role("",
                          "select millrace_submit('trio', '{\"n\": 1}', unique_key => 'k',"
                          " tenant => 'acme', tags => array['a'])");
  CHECK(as_role("",
                "select millrace_submit('trio', '{\"n\": 2}', unique_key => 'k',"
                " on_conflict => 'replace')") == id);
  CHECK(find(id).payload == "{\"n\": 2}");
  CHECK(as_role("",
                "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                " values ('trio', 'one', 1, 1, 1) returning job_id") > id);
  for (const auto* column :
       {"epoch", "attempt", "crashes", "claimed_by", "cancel_requested", "lane"}) {
    INFO(column);
    CHECK(is_refused(
        fmt::format("insert into jobs (pipeline, stage, run_at, created_at, updated_at, {})"
                    " values ('trio', 'one', 1, 1, 1, 1)",
                    column)));
    CHECK(is_refused(fmt::format("update jobs set {} = 1", column)));
  }
  CHECK(
      is_refused("insert into jobs (pipeline, stage, run_at, created_at, updated_at, state)"
                 " values ('trio', 'one', 1, 1, 1, 'working')"));
  CHECK(is_refused("insert into job_details (job_id, at, output) values (999, 1, '{}')"));
  CHECK(is_refused("insert into job_details (job_id, at, parent) values (999, 1, 1)"));
  CHECK(is_refused("update unique_keys set unique_key = 'x'"));
  CHECK(is_refused("delete from jobs"));
  CHECK(is_refused("select payload from job_details"));
  CHECK(is_refused("insert into stage_controls values ('trio', 'one', 1, 'x')"));
  CHECK(is_refused("create table mine (a int)"));
}

TEST_CASE_METHOD(hostile_fixture,
                 "a function of the owner's lets a role submit that may touch no table") {
  announce(on, pipelines, 7, now);
  on.run_script(
      fmt::format("create function {0}.shop_submit(pipeline text, payload text) returns bigint"
                  " language sql security definer set search_path = pg_catalog, {0}, pg_temp"
                  " as 'select {0}.millrace_submit(pipeline => pipeline, payload => payload)';\n"
                  "revoke execute on function {0}.shop_submit from public;\n",
                  schema()));
  grant("execute on function shop_submit");
  const auto id = as_role("", "select shop_submit('trio', '{\"n\": 1}')");
  CHECK(find(id).payload == "{\"n\": 1}");
  CHECK(is_refused("select millrace_submit('trio')"));
  CHECK(is_refused("insert into jobs (pipeline, stage) values ('trio', 'one')"));
  CHECK(is_refused(
      fmt::format("insert into job_details (job_id, payload, at) values ({}, '1', 1)", id + 1)));
}

TEST_CASE_METHOD(hostile_fixture, "roles that were granted rows before keep the functions") {
  on.session() << "revoke execute on function millrace_last_event(), millrace_submit from public";
  grant("select on events");
  grant("insert (pipeline, stage) on jobs");
  CHECK(is_refused("select millrace_last_event()"));
  const auto all = storage::embedded_migrations();
  const auto guarding = std::find_if(all.begin(), all.end(), [](const storage::sql_text& one) {
    return one.dialect == "postgres" && one.name.ends_with("_guarded_functions");
  });
  REQUIRE(guarding != all.end());
  on.run_script(guarding->text);
  const auto may = [&](const std::string& function) {
    return ask(fmt::format("select count(*) from pg_proc where proname = '{}' and pronamespace ="
                           " cast('{}' as regnamespace) and"
                           " has_function_privilege('{}', oid, 'execute')",
                           function, schema(), role)) == 1;
  };
  CHECK(may("millrace_last_event"));
  CHECK(may("millrace_submit"));
  CHECK_FALSE(may("millrace_notify"));
}

}  // namespace
