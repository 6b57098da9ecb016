#include "storage/error.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace {

using namespace millrace;

/// A role of the server that may do nothing, gone when the test ends.
struct role_fixture : storage::testing::store_fixture {
  std::string role = fmt::format("millrace_test_{}", getpid());

  role_fixture() { on.session() << "create role " + role; }
  ~role_fixture() {
    on.session() << "drop owned by " + role;
    on.session() << "drop role " + role;
  }
  role_fixture(const role_fixture&) = delete;
  role_fixture& operator=(const role_fixture&) = delete;

  /// The database as that role sees it.
  storage::database_settings settings() {
    auto made = database.settings();
    made.url += (made.url.find('?') == std::string::npos ? '?' : '&');
    made.url += "options=-c%20role%3D" + role;
    return made;
  }

  void grant(const std::string& what) { on.session() << "grant " + what + " to " + role; }
  std::string schema() const { return database.settings().schema; }
};

TEST_CASE_METHOD(role_fixture, "a role that may not use the schema is told what to grant") {
  try {
    const storage::connection refused{settings()};
    FAIL("it was not refused");
  } catch (const storage::error& e) {
    CHECK(e.kind() == storage::error_kind::permanent);
    CHECK_THAT(e.next(),
               Catch::Contains("grant usage on schema \"" + schema() + "\" to \"" + role));
  }
  grant("usage on schema " + schema());
  storage::connection allowed{settings()};
  CHECK(storage::testing::kind_thrown([&] { storage::find_job(allowed, 1); }) ==
        storage::error_kind::permanent);
  grant("select on all tables in schema " + schema());
  CHECK_FALSE(storage::find_job(allowed, 1));
}

}  // namespace
