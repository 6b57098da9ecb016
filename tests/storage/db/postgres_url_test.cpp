#include "storage/db/postgres_url.hpp"

#include "storage/db/database.hpp"
#include "storage/db/error.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::storage;

TEST_CASE("a URL of PostgreSQL is shown without its passwords, and with everything else") {
  CHECK(without_password("postgresql://ann@db.internal:5433/jobs?sslmode=require") ==
        "postgresql://ann@db.internal:5433/jobs?sslmode=require");
  CHECK(without_password("postgresql://ann:s%2Fx@h/jobs") == "postgresql://ann:...@h/jobs");
  CHECK(without_password("postgresql://ann:s?x#y@h/jobs") == "postgresql://ann:...@h/jobs");
  CHECK(without_password("postgres://h1:1,h2:2/jobs") == "postgres://h1:1,h2:2/jobs");
  CHECK(without_password("postgresql://ann@/jobs?host=/run/pg&port=5433") ==
        "postgresql://ann@/jobs?host=/run/pg&port=5433");
  CHECK(without_password("postgresql://h/x?sslpassword=top&password=secret") ==
        "postgresql://:...@h/x?sslpassword=...");
  CHECK(without_password("sqlite:/a/b@c.db") == "sqlite:/a/b@c.db");
}

TEST_CASE("of a URL that is not clear nothing is shown, and it is refused with what to write") {
  for (const auto* url : {"postgresql://me:100%secret@h/x", "postgresql://me:top/secret@h/x",
                          "postgresql://me:12/secret@h/x", "postgresql://me:top@secret@h/x",
                          "postgresql://me:x@h/x?nothing=secret"}) {
    INFO(url);
    CHECK(without_password(url) == "postgresql://...");
    try {
      postgres::require_clear_url(url);
      FAIL("it was not refused");
    } catch (const storage::error& e) {
      const auto text = std::string{e.what()} + e.why() + e.next();
      CHECK(text.find("secret") == std::string::npos);
      CHECK_THAT(e.next(), Catch::Contains("%2F"));
    }
  }
  CHECK_NOTHROW(postgres::require_clear_url("postgresql://me:p%40ss@h/x"));
  CHECK(without_password("mysql://me:secret@h/x") == "mysql:...");
  CHECK(without_password("mysql:x") == "mysql:x");
}
