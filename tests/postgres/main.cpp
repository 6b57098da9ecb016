#define CATCH_CONFIG_RUNNER
#include "tests/support/test_database.hpp"

#include <catch2/catch.hpp>

#include <cstdio>

/// Ends with 77, which CTest shows as skipped, where there is no PostgreSQL.
int main(int argc, char** argv) {
  using namespace millrace;
  Catch::Session session;
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0)
    return wrong;
  const bool only_lists = session.configData().listTests || session.configData().listTestNamesOnly;
  if (!only_lists && !tests::postgres_url()) {
    std::puts("skipped: no PostgreSQL; run scripts/with-postgres");
    return 77;
  }
  tests::test_database::chosen = storage::dialect::postgres;
  return session.run();
}
