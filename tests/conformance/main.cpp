#include "tests/support/session.hpp"
#include "tests/support/test_database.hpp"

#include <string>

/// One suite for every database: `--database sqlite|postgres` says which. Ends with 77, which CTest
/// shows as skipped, where there is no PostgreSQL.
int main(int argc, char** argv) {
  using namespace millrace;
  std::string database = "sqlite";
  tests::session session;
  session.add(database, "--database", "sqlite|postgres", "the database to test");
  if (const auto end = session.read(argc, argv))
    return *end;
  if (const auto end = tests::test_database::choose(database))
    return *end;
  return session.run();
}
