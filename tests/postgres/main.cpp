#include "tests/support/session.hpp"
#include "tests/support/test_database.hpp"

#include <cstdio>

/// Ends with 77, which CTest shows as skipped, where there is no PostgreSQL.
int main(int argc, char** argv) {
  using namespace millrace;
  tests::session session;
  if (const auto end = session.read(argc, argv))
    return *end;
  if (!session.only_lists() && !tests::postgres_url()) {
    std::puts("skipped: no PostgreSQL; run scripts/with-postgres");
    return 77;
  }
  tests::test_database::chosen = storage::dialect::postgres;
  return session.run();
}
