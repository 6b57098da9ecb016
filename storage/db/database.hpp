#pragma once

#include "base/check.hpp"
#include "storage/db/dialect.hpp"
#include "storage/db/prepared_statement.hpp"
#include "storage/db/translate_errors.hpp"

#include <soci/soci.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::storage {

/// Which database, and how to talk to it.
struct database_settings {
  /// `sqlite:PATH`, or `postgresql://...` as libpq knows it.
  std::string url;
  /// SQLite: how long a statement waits for a lock that another process holds.
  std::chrono::milliseconds busy_timeout{5000};
  /// PostgreSQL: where the tables are.
  std::string schema{"public"};
  /// PostgreSQL: how long the server may take to take a connection; whole seconds, two at least.
  std::chrono::milliseconds connect_timeout{5000};
  /// PostgreSQL: how long a statement may take.
  std::chrono::milliseconds statement_timeout{30'000};
  /// PostgreSQL: under which name the server lists the sessions, where the URL does not say.
  std::string session_name{"millrace"};
  /// PostgreSQL: what a session may hold up others for follows from the lease of the runtimes
  /// (session_limits).
  std::chrono::milliseconds lease{15'000};
  /// The lease depends on this connection: it waits for locks and for statements for a shorter
  /// time.
  bool serves_lease = false;
  /// What an application's effects write to: statements that make its tables, each ending with a
  /// semicolon at the end of its line, in SQL that this database knows. Each script runs once, in a
  /// transaction; a later one, whose text differs, finds what earlier ones made.
  std::string application_schema{};
  /// Of a connection_pool, at most.
  std::size_t pooled = 16;
  /// Several runtimes use it at once; if empty, as the dialect says.
  std::optional<bool> shared{};
};

/// A URL without the password in it.
std::string without_password(std::string_view url);

/// One connection to the database: a SOCI session set up for millrace (SQLite: WAL,
/// synchronous=FULL, busy timeout, foreign keys off, UTF-8 only; PostgreSQL: schema, time limits,
/// generic plans), and the statements of its dialect. Not for use by two threads at once.
class connection {
 public:
  /// Opens the database; creates the file of a SQLite database with mode 0600 when it is missing.
  /// Throws storage::error, of kind `schema` when it is a database of something else.
  explicit connection(const database_settings& settings);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  soci::session& session() { return *session_.session; }

  storage::dialect dialect() const { return dialect_; }

  /// Runtimes on several machines may use the database at once. Otherwise the one that holds the
  /// data directory is alone.
  bool is_shared() const { return is_shared_; }

  /// The connection is lost: open another one.
  bool is_broken();

  /// A storage::transaction is open.
  bool is_in_transaction() const { return in_transaction_; }

  /// A pooler stands between: notifications may not arrive.
  bool is_pooled() const { return !session_.keeps_statements; }

  /// The statement in storage/sql/{common,DIALECT}/NAME.sql. A name that is not there is a bug.
  std::string_view sql(std::string_view name) const;

  /// The same, prepared once and kept. `Columns` are the columns of the rows that it returns.
  template <class... Columns>
  statement<Columns...>& prepared(std::string_view name) {
    auto& kept = prepared_[name];
    if (!kept)
      kept = std::make_unique<statement<Columns...>>(session_, sql(name));
    auto* known = dynamic_cast<statement<Columns...>*>(kept.get());
    MILLRACE_CHECK(known != nullptr);
    return *known;
  }

  /// How many transactions were rolled back.
  std::uint64_t rollbacks() const { return rollbacks_; }

  /// See database_settings.
  const std::string& application_schema() const { return application_schema_; }

  /// How long a statement waits for a lock of another session.
  std::chrono::milliseconds lock_wait() const { return lock_wait_; }

  /// A number that changes when another connection commits; cheap to ask.
  std::int64_t data_version();

  /// Makes the schema that the settings name, if it is not there. SQLite has none.
  void make_schema();

  /// Executes statements, each ending with a semicolon at the end of its line.
  void run_script(std::string_view script);

  /// Bytes as the parameter of a statement, and back from a column.
  std::string encode_bytes(std::string_view bytes) const;
  std::string decode_bytes(std::string_view column) const;

 private:
  friend class transaction;
  void control(std::string_view command);
  /// A statement failed within the transaction; PostgreSQL would answer a commit with a rollback.
  bool has_failed_transaction();

  storage::dialect dialect_;
  bool is_shared_;
  statement_session session_;
  std::string begin_;
  std::string commit_;
  std::string schema_;
  std::string application_schema_;
  std::chrono::milliseconds lock_wait_;
  // Finalised before the session closes, or SQLite refuses to close. Names are literals.
  std::map<std::string_view, std::unique_ptr<statement_base>> prepared_;
  bool in_transaction_ = false;
  bool doomed_ = false;
  std::uint64_t rollbacks_ = 0;
};

/// The connection was lost while it committed: whether it did is not known.
class commit_in_doubt : public error {
 public:
  using error::error;
};

/// BEGIN (SQLite: IMMEDIATE) ... COMMIT, rolled back when it is destroyed before commit(). One that
/// begins within another is a part of it: then commit() writes nothing yet, and if it is not
/// reached, the outer one cannot be committed any more.
class transaction {
 public:
  explicit transaction(connection& on);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  /// Throws storage::error; commit_in_doubt when the fate of the transaction is not known.
  void commit();

 private:
  connection& on_;
  bool outermost_ = true;
  bool open_ = true;
};

/// Names the transaction that is open on the connection, to ask for its fate when its commit is in
/// doubt. Only a shared database has such names.
std::string transaction_id(connection& on);

/// Whether the transaction was committed. Throws storage::error, of kind transient while that is
/// still open.
bool was_committed(connection& on, const std::string& transaction);

}  // namespace millrace::storage
