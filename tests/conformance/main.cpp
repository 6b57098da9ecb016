#define CATCH_CONFIG_RUNNER
#include "tests/support/test_database.hpp"

#include <catch2/catch.hpp>

#include <string>

/// One suite for every database: `--database sqlite|postgres` says which. Ends with 77, which CTest
/// shows as skipped, where there is no PostgreSQL.
int main(int argc, char** argv) {
  using namespace millrace;
  std::string database = "sqlite";
  Catch::Session session;
  session.cli(session.cli() |
              Catch::clara::Opt(database, "sqlite|postgres")["--database"]("the database to test"));
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0)
    return wrong;
  if (const auto end = tests::test_database::choose(database))
    return *end;
  return session.run();
}
