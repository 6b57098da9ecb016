#pragma once

#include "pipeline/check.hpp"
#include "storage/guarded.hpp"
#include "storage/statement.hpp"

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <map>
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
/// synchronous=FULL, busy timeout, foreign keys off, UTF-8 only), and the statements of its
/// dialect. Not for use by two threads at once.
class connection {
 public:
  /// Opens the database; creates the file of a SQLite database with mode 0600 when it is missing.
  /// Throws storage::error, of kind `schema` when it is a database of something else.
  explicit connection(const database_settings& settings);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  soci::session& session() { return *session_; }

  /// The folder of storage/sql that this database understands, beside common.
  std::string_view dialect() const { return "sqlite"; }

  /// The statement in storage/sql/{common,DIALECT}/NAME.sql. A name that is not there is a bug.
  std::string_view sql(std::string_view name) const;

  /// The same, prepared once and kept. `Columns` are the columns of the rows that it returns.
  template <class... Columns>
  statement<Columns...>& prepared(std::string_view name) {
    auto& kept = prepared_[name];
    if (!kept)
      kept = std::make_unique<statement<Columns...>>(*session_, sql(name));
    auto* known = dynamic_cast<statement<Columns...>*>(kept.get());
    MILLRACE_CHECK(known != nullptr);
    return *known;
  }

  /// A number that changes when another connection commits; cheap to ask.
  std::int64_t data_version();

 private:
  friend class transaction;
  void control(std::string_view command);

  std::unique_ptr<soci::session> session_;
  // Finalised before the session closes, or SQLite refuses to close. Names are literals.
  std::map<std::string_view, std::unique_ptr<statement_base>> prepared_;
  bool in_transaction_ = false;
  bool doomed_ = false;
};

/// BEGIN IMMEDIATE ... COMMIT, rolled back when it is destroyed before commit(). One that begins
/// within another is a part of it: then commit() writes nothing yet, and if it is not reached, the
/// outer one cannot be committed any more.
class transaction {
 public:
  explicit transaction(connection& on);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

 private:
  connection& on_;
  bool outermost_ = true;
  bool open_ = true;
};

}  // namespace millrace::storage
