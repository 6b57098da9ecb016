#include "storage/db/translate_errors.hpp"

#include "storage/db/postgres.hpp"

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>

namespace millrace::storage {
namespace {

struct meaning {
  error_kind kind;
  const char* next;
};

/// What an extended result code of SQLite means.
meaning meaning_of(int code) {
  constexpr auto disk = "look at the disk and at the system's log";
  switch (code) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_SHMSIZE:
      return {error_kind::full, "make room on the disk, or raise the user's quota"};
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {error_kind::transient, "another process holds the database; try again"};
    case SQLITE_FULL:
      return {error_kind::full, "make room on the disk, then it goes on"};
    case SQLITE_IOERR:
      return {error_kind::transient, disk};
    case SQLITE_NOTADB:
      return {error_kind::schema, "give the path of a millrace database, or of a new file"};
    case SQLITE_SCHEMA:
      return {error_kind::schema, "run `millrace migrate`"};
    case SQLITE_CORRUPT:
      return {error_kind::permanent,
              "restore the database from a backup, or save what `sqlite3 FILE .recover` finds"};
    case SQLITE_CANTOPEN:
      return {error_kind::permanent, "check that the folder exists and that this user may use it"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {error_kind::permanent, "let this user write the file and its folder"};
    default:
      return {error_kind::permanent, ""};
  }
}

/// SQLSTATE of a lock that was waited for in vain.
constexpr std::string_view lock_not_available = "55P03";

/// What a code of PostgreSQL (SQLSTATE) means.
meaning meaning_of(std::string_view state) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](std::string_view one) { return state.starts_with(one); });
  };
  // SOCI gives blanks where the connection is lost.
  if (is_one_of({"08", "57P", "     "}))
    return {error_kind::transient,
            "see that the server runs and can be reached; a runtime tries again by itself"};
  if (is_one_of({"53100"}))
    return {error_kind::full, "make room on the disk of the database server, then it goes on"};
  if (is_one_of({"53300"}))
    return {error_kind::transient, "raise max_connections of the server, or use fewer connections"};
  if (is_one_of({"57014"}))
    return {error_kind::transient,
            "see what holds the server up, or raise storage.statement_timeout; a runtime tries "
            "again by itself"};
  if (is_one_of({"25006"}))
    return {error_kind::transient, "the server is read-only: wait until it is the primary again"};
  if (is_one_of({"25P03"}))
    return {
        error_kind::transient,
        "the process paused within a transaction for too long; a runtime tries again by itself"};
  if (state == lock_not_available)
    return {error_kind::transient,
            "another session holds the lock: end it, or wait for it; `select * from "
            "pg_stat_activity where xact_start is not null order by xact_start` shows it"};
  // Serialisation, deadlock, memory, an interrupted statement.
  if (is_one_of({"40", "53", "58", "57"}))
    return {error_kind::transient, "see the server's log; a runtime tries again by itself"};
  if (is_one_of({"42501"}))
    return {error_kind::permanent, "grant it to this user, see docs/postgresql.md"};
  if (is_one_of({"3F000", "42P01", "42703", "42883"}))
    return {error_kind::permanent, "run `millrace migrate`"};
  if (is_one_of({"XX001", "XX002"}))
    return {error_kind::permanent, "restore the database from a backup"};
  return {error_kind::permanent, ""};
}

/// What SQLite says, without the names of SOCI's functions around it.
std::string why_of(const soci::soci_error& e) {
  std::string why = e.get_error_message();
  for (const std::string_view prefix :
       {"sqlite3_statement_backend::loadOne: ", "sqlite3_statement_backend::prepare: ",
        "sqlite3_statement_backend::loadRS: "})
    if (why.starts_with(prefix))
      why.erase(0, prefix.size());
  return why;
}

}  // namespace

void rethrow_as_error(std::string_view what) {
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& e) {
    const auto [kind, next] = meaning_of(e.result());
    throw error{kind, std::string{what}, why_of(e), next};
  } catch (const soci::postgresql_soci_error& e) {
    const auto [kind, next] = meaning_of(std::string_view{e.sqlstate()});
    const auto why = postgres::plain_message(e.get_error_message());
    if (std::string_view{e.sqlstate()} == lock_not_available)
      throw lock_blocked{kind, std::string{what}, why, next};
    throw error{kind, std::string{what}, why, next};
  } catch (const soci::soci_error& e) {
    throw error{error_kind::permanent, std::string{what}, why_of(e), ""};
  } catch (const millrace::error&) {
    throw;
  } catch (const std::exception& e) {
    throw error{error_kind::permanent, std::string{what},
                fmt::format("an unexpected failure: {}", e.what()), "report it"};
  } catch (...) {
    throw error{error_kind::permanent, std::string{what}, "an unknown failure", "report it"};
  }
}

error current_error(std::string_view what) {
  try {
    rethrow_as_error(what);
  } catch (const error& e) {
    return e;
  } catch (const millrace::error& e) {
    return {error_kind::permanent, e.summary(), e.why(), e.next()};
  }
}

}  // namespace millrace::storage
