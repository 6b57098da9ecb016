#include "storage/guarded.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string>

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
  } catch (const soci::soci_error& e) {
    throw error{error_kind::permanent, std::string{what}, why_of(e), ""};
  }
}

}  // namespace millrace::storage
