#include "tests/support/test_database.hpp"

#include "storage/db/postgres.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

/// SOCI loses a connection that ends while it is made, see storage/db/postgres.cpp.
extern "C" const char* __lsan_default_suppressions() { return "leak:libsoci_postgresql"; }

namespace millrace::tests {

using namespace std::chrono_literals;
using storage::dialect;

std::optional<std::string> postgres_url() {
  const auto* url = std::getenv("TEST_POSTGRES_URL");
  return url != nullptr && *url != '\0' ? std::optional<std::string>{url} : std::nullopt;
}

dialect test_database::chosen = dialect::sqlite;

std::optional<int> test_database::choose(const std::string& name) {
  if (name != "sqlite" && name != "postgres") {
    std::fprintf(stderr, "--database %s: it is sqlite or postgres\n", name.c_str());
    return 2;
  }
  chosen = name == "sqlite" ? dialect::sqlite : dialect::postgres;
  if (chosen == dialect::postgres && !postgres_url()) {
    std::puts("skipped: no PostgreSQL; run scripts/with-postgres");
    return 77;
  }
  return std::nullopt;
}

test_database::test_database(dialect kind) {
  static std::atomic<int> count{0};
  settings_.busy_timeout = 50ms;
  if (kind == dialect::sqlite) {
    settings_.url = "sqlite:" + (dir_.path() / "test.db").string();
    return;
  }
  const auto url = postgres_url();
  if (!url)
    throw std::runtime_error{"TEST_POSTGRES_URL names no server: run scripts/with-postgres"};
  settings_.url = *url;
  settings_.schema = fmt::format("test_{}_{}", getpid(), ++count);
}

test_database::~test_database() {
  if (storage::dialect_of(settings_.url) != dialect::postgres)
    return;
  storage::connection on{settings_};
  storage::postgres::execute(on.session(),
                             fmt::format("drop schema if exists \"{}\" cascade", settings_.schema));
}

}  // namespace millrace::tests
