#include "storage/db/migrate.hpp"

#include "storage/db/sql_text.hpp"
#include "tests/support/store_fixture.hpp"

#include <cctype>

namespace millrace::storage::testing {
namespace {

TEST_CASE("an empty database is brought to the schema of the binary, once") {
  const tests::test_database database;
  connection on{database.settings()};
  CHECK(read_schema_version(on).database == 0);
  CHECK(read_schema_version(on).binary >= 1);
  CHECK(kind_thrown([&] { require_current_schema(on); }) == error_kind::schema);
  CHECK(migrate(on, start) == read_schema_version(on).binary);
  CHECK(read_schema_version(on).database == read_schema_version(on).binary);
  CHECK(migrate(on, start) == 0);
  CHECK_NOTHROW(require_current_schema(on));
  long long applied_at = 0;
  on.session() << "select applied_at from schema_migrations where version = 1",
      soci::into(applied_at);
  CHECK(applied_at == to_us(start));
}

TEST_CASE_METHOD(store_fixture, "a schema newer than the binary is refused with what to do") {
  on.session() << "insert into schema_migrations (version, name, works_with, applied_at)"
                  " values (99, 'x', 99, 1)";
  CHECK(kind_thrown([&] { migrate(on, now); }) == error_kind::schema);
  CHECK(kind_thrown([&] { require_current_schema(on); }) == error_kind::schema);
  try {
    require_current_schema(on);
  } catch (const error& e) {
    CHECK(e.why().find("version 99") != std::string::npos);
    CHECK(e.next().find("newer millrace") != std::string::npos);
  }
}

TEST_CASE_METHOD(store_fixture, "a newer schema that works with the binary's is used as it is") {
  on.session() << "insert into schema_migrations (version, name, works_with, applied_at)"
                  " values (99, 'x', 1, 1)";
  CHECK(migrate(on, now) == 0);
  CHECK_NOTHROW(require_current_schema(on));
  CHECK(read_schema_version(on).database == 99);
  add();
  CHECK(claim().size() == 1);
}

TEST_CASE_METHOD(store_fixture, "an event of an unknown type is refused by the schema") {
  CHECK_THROWS(
      on.session() << "insert into events (pipeline, stage, type, severity, epoch, attempt,"
                      " at, correlation_id) values ('p', 's', 'odd', 'info', 0, 0, 0, '')");
  CHECK_THROWS(on.session() << "insert into jobs (pipeline, stage, state, run_at, created_at,"
                               " updated_at) values ('p', 's', 'odd', 0, 0, 0)");
}

TEST_CASE_METHOD(store_fixture, "every embedded statement is one that the database understands") {
  CHECK(embedded_statements().size() > 40);
  for (const auto& one : embedded_statements()) {
    if (one.dialect != "common" && one.dialect != to_string(on.dialect()))
      continue;
    INFO(one.name);
    CHECK_NOTHROW(soci::statement{(on.session().prepare << std::string{one.text})});
    CHECK(on.sql(one.name) == one.text);
  }
}

}  // namespace
}  // namespace millrace::storage::testing
