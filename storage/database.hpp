#pragma once

#include <soci/soci.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::storage {

/// Which database, and how to talk to it.
struct database_settings {
  /// `sqlite:PATH`.
  std::string url;
  /// How long a statement waits for a lock that another process holds.
  std::chrono::milliseconds busy_timeout{5000};
};

/// One connection to the database: a SOCI session set up for millrace (SQLite: WAL,
/// synchronous=FULL, busy timeout, foreign keys off, UTF-8 only), and the text of the statements in
/// its dialect. Not for use by two threads at once.
class connection {
 public:
  /// Opens the database; creates the file of a SQLite database with mode 0600 when it is missing.
  /// Throws storage::error.
  explicit connection(const database_settings& settings);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  soci::session& session() { return *session_; }

  /// The statement in storage/sql/{common,DIALECT}/NAME.sql. A name that is not there is a bug.
  std::string_view sql(std::string_view name) const;

  /// A number that changes when another connection commits; cheap to ask.
  std::int64_t data_version();

 private:
  std::unique_ptr<soci::session> session_;
};

/// BEGIN IMMEDIATE ... COMMIT, rolled back when it is destroyed before commit().
class transaction {
 public:
  explicit transaction(connection& on);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

 private:
  connection& on_;
  bool open_ = true;
};

/// Runs `work` and turns what SOCI and SQLite throw into storage::error, with `what` as its first
/// words ("cannot claim jobs").
template <class Work>
auto guarded(std::string_view what, Work&& work);

}  // namespace millrace::storage
