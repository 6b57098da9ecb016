#pragma once

#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <string>

namespace millrace::tests {

/// A role of the server that may do nothing at first, gone when the test ends.
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

}  // namespace millrace::tests
