#include "storage/db/sqlite.hpp"

#include "base/os/give_to_folder_owner.hpp"
#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <thread>

namespace millrace::storage::sqlite {
namespace {

constexpr auto opening = "cannot open the database";

/// Makes the file, for SQLite would give it the mode of the umask. A file that exists is not even
/// opened: to close it would drop the locks of this process's other connections.
void create_if_missing(const std::filesystem::path& path) {
  if (const auto folder = path.parent_path(); !std::filesystem::is_directory(folder))
    throw error{error_kind::permanent, opening, fmt::format("{} is not a folder", folder.string()),
                "make it, or correct storage.url"};
  const unique_fd made{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (made)
    give_to_folder_owner(made.get(), path);
  else if (errno != EEXIST)
    throw file_error(opening, path, errno);
}

template <class Value>
Value ask(soci::session& session, const std::string& pragma) {
  Value answer{};
  session << "pragma " << pragma, soci::into(answer);
  return answer;
}

/// Nothing must be written to a database that is not millrace's, not even its journal mode.
void require_ours(soci::session& session, const std::filesystem::path& path) {
  // The schema first, because a process that makes it meanwhile sets the id in the same
  // transaction.
  const bool is_empty = ask<long long>(session, "schema_version") == 0;
  if (!is_empty && ask<long long>(session, "application_id") != application_id)
    throw error{error_kind::schema, opening,
                fmt::format("{} is a database of another program", path.string()),
                "give storage.url the path of a millrace database, or of a new file"};
  if (ask<std::string>(session, "encoding") != "UTF-8")
    throw error{error_kind::schema, opening, fmt::format("{} is not UTF-8", path.string()),
                "give storage.url the path of a new file"};
}

/// Two processes that open a new database at once refuse each other without waiting here.
void switch_to_wal(soci::session& session, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause{10};
  for (;; patience -= pause) {
    try {
      if (ask<std::string>(session, "journal_mode = wal") == "wal")
        return;
      throw error{error_kind::permanent, opening, "the file system has no shared memory for WAL",
                  "put the database on a local disk"};
    } catch (const soci::sqlite3_soci_error& e) {
      if ((e.result() & 0xff) != SQLITE_BUSY || patience <= pause)
        throw;
      std::this_thread::sleep_for(pause);
    }
  }
}

}  // namespace

std::filesystem::path path_of(const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  const auto wrong = [&](std::string why) {
    return error{error_kind::permanent, opening, std::move(why),
                 "storage.url is sqlite:PATH, for example sqlite:data/millrace.db"};
  };
  if (!url.starts_with(scheme))
    throw wrong(fmt::format("'{}' is not a database that millrace knows", url));
  const auto path = url.substr(scheme.size());
  if (path.empty() || path == ":memory:")
    throw wrong(fmt::format("'{}' names no file", url));
  // SOCI reads its own options from the string that names the file, and knows no escape.
  if (path.find('"') != std::string::npos)
    throw wrong("the path has a quotation mark");
  return std::filesystem::absolute(path);
}

std::string file_identity(const std::string& url) {
  struct stat about {};
  if (::stat(path_of(url).c_str(), &about) != 0)
    return {};
  return fmt::format("file {}:{}", about.st_dev, about.st_ino);
}

std::unique_ptr<soci::session> open(const database_settings& settings) {
  const auto path = path_of(settings.url);
  create_if_missing(path);
  auto session =
      std::make_unique<soci::session>(soci::sqlite3, fmt::format("db=\"{}\"", path.string()));
  auto* handle = static_cast<soci::sqlite3_session_backend*>(session->get_backend())->conn_;
  sqlite_api::sqlite3_extended_result_codes(handle, 1);
  sqlite_api::sqlite3_busy_timeout(handle, static_cast<int>(settings.busy_timeout.count()));
  // Plans must not depend on bound values: else SQLite prepares a statement again whenever a value
  // changed (measured: a third of the writer's time).
  sqlite_api::sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  require_ours(*session, path);
  // Measured: pages of 8 KiB are 5 to 20 % faster than 4 KiB. Heeded while the file is empty.
  *session << "pragma page_size = 8192";
  switch_to_wal(*session, settings.busy_timeout);
  *session << "pragma synchronous = full";
  // Measured: +9 to 20 %; the temporary tables are the ids of a batch.
  *session << "pragma temp_store = memory";
  // Measured: 16 MiB instead of 2 let jobs in random order move 1.7 times as fast, for a
  // transaction need not spill pages that it will write again.
  *session << "pragma cache_size = -16384";
  *session << "pragma foreign_keys = off";
  *session << "pragma wal_autocheckpoint = 4000";
  // A WAL that one long transaction blew up shrinks again.
  *session << "pragma journal_size_limit = 67108864";
  return session;
}

}  // namespace millrace::storage::sqlite
