#define CATCH_CONFIG_RUNNER
#include "tests/support/test_database.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
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
  const auto kind = database == "sqlite"     ? std::optional{storage::dialect::sqlite}
                    : database == "postgres" ? std::optional{storage::dialect::postgres}
                                             : std::nullopt;
  if (!kind) {
    std::fprintf(stderr, "--database %s: it is sqlite or postgres\n", database.c_str());
    return 2;
  }
  tests::test_database::chosen = *kind;
  if (*kind == storage::dialect::postgres && !tests::postgres_url()) {
    std::puts("skipped: no PostgreSQL; run scripts/with-postgres");
    return 77;
  }
  return session.run();
}
