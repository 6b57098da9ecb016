#include "storage/db/database.hpp"

#include "base/secrets.hpp"
#include "storage/db/postgres.hpp"
#include "storage/db/postgres_url.hpp"
#include "storage/db/seeded_sql.hpp"
#include "storage/db/session_limits.hpp"
#include "storage/db/sql_text.hpp"
#include "storage/db/sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace millrace::storage {
namespace {

constexpr auto opening = "cannot open the database";

dialect require_dialect(const std::string& url) {
  if (const auto known = dialect_of(url))
    return *known;
  throw error{error_kind::permanent, opening,
              fmt::format("'{}' is not a database that millrace knows", without_password(url)),
              "storage.url is sqlite:PATH, for example sqlite:data/millrace.db, or "
              "postgresql://USER@HOST/DATABASE"};
}

statement_session open(dialect d, const database_settings& settings) {
  return guarded(opening, [&]() -> statement_session {
    if (d == dialect::sqlite)
      return {sqlite::open(settings), true, nullptr};
    return postgres::open(settings);
  });
}

}  // namespace

std::string without_password(std::string_view url) {
  if (dialect_of(url) == dialect::postgres)
    return postgres::shown_url(std::string{url});
  if (dialect_of(url) ||
      (url.find("://") == std::string_view::npos && url.find('@') == std::string_view::npos))
    return std::string{url};
  // Of a database that we do not know nothing else is known to be no secret.
  return fmt::format("{}:{}", url.substr(0, url.find_first_of(":@")), hidden);
}

connection::connection(const database_settings& settings)
    : dialect_(require_dialect(settings.url)),
      is_shared_(settings.shared.value_or(dialect_ == dialect::postgres)),
      session_(open(dialect_, settings)),
      begin_(dialect_ == dialect::sqlite ? "begin immediate"
                                         : postgres::begin_sql(settings, is_pooled())),
      commit_(dialect_ == dialect::sqlite ? "commit" : postgres::commit_sql(session())),
      schema_(settings.schema),
      application_schema_(settings.application_schema),
      lock_wait_(dialect_ == dialect::sqlite ? settings.busy_timeout
                                             : limits_of(settings).lock_wait) {}

connection::~connection() {
  // SOCI tells the server of each statement that goes.
  const stall_guard::armed waiting{session_.guard.get()};
  prepared_.clear();
}

bool connection::is_broken() {
  return dialect_ == dialect::postgres && postgres::is_broken(session());
}

bool connection::has_failed_transaction() {
  return dialect_ == dialect::postgres && postgres::has_failed_transaction(session());
}

std::string_view connection::sql(std::string_view name) const {
  const auto all = embedded_statements();
  const auto found = std::find_if(all.begin(), all.end(), [&](const sql_text& one) {
    return one.name == name && (one.dialect == to_string(dialect_) || one.dialect == "common");
  });
  MILLRACE_CHECK(found != all.end());
  return seeded_sql(found->text);
}

std::int64_t connection::data_version() {
  return guarded("cannot look for changes of the database", [&] {
    return std::get<0>(prepared<std::int64_t>("data_version").first().value());
  });
}

void connection::make_schema() {
  // Asks first, because a role that may not make a schema may still use it.
  if (dialect_ == dialect::postgres && !postgres::schema_exists(session(), schema_))
    postgres::execute(session(), "create schema " + postgres::quote(schema_));
}

void connection::run_script(std::string_view script) {
  if (dialect_ == dialect::postgres)
    return postgres::execute(session(), script);
  while (!script.empty()) {
    const auto end = script.find(";\n");
    session() << std::string{script.substr(0, end)};
    script.remove_prefix(end == std::string_view::npos ? script.size() : end + 2);
  }
}

std::string connection::encode_bytes(std::string_view bytes) const {
  return dialect_ == dialect::postgres ? postgres::to_hex(bytes) : std::string{bytes};
}

std::string connection::decode_bytes(std::string_view column) const {
  return dialect_ == dialect::postgres ? postgres::from_hex(column) : std::string{column};
}

void connection::control(std::string_view command) {
  if (dialect_ == dialect::postgres) {
    const stall_guard::armed waiting{session_.guard.get()};
    try {
      return postgres::execute(session(), command);
    } catch (const soci::soci_error&) {
      session_.throw_if_stalled();
      throw;
    }
  }
  auto& kept = prepared_[command];
  if (!kept)
    kept = std::make_unique<statement<>>(session_, command);
  dynamic_cast<statement<>&>(*kept).run();
}

transaction::transaction(connection& on) : on_(on), outermost_(!on.in_transaction_) {
  if (!outermost_)
    return;
  guarded("cannot begin a transaction", [&] { on_.control(on_.begin_); });
  on_.in_transaction_ = true;
  on_.doomed_ = false;
}

transaction::~transaction() {
  if (!open_)
    return;
  if (!outermost_) {
    on_.doomed_ = true;
    return;
  }
  on_.in_transaction_ = false;
  ++on_.rollbacks_;
  try {
    on_.control("rollback");
  } catch (const std::exception&) {
    // The failure that led here may have rolled it back already (a full disk does), or the
    // connection is lost.
  }
}

void transaction::commit() {
  if (outermost_) {
    if (on_.doomed_ || on_.has_failed_transaction())
      throw error{error_kind::transient, "cannot commit",
                  "a part of the transaction failed and was given up", "try the whole of it again"};
    try {
      guarded("cannot commit", [&] { on_.control(on_.commit_); });
    } catch (const error& e) {
      if (!on_.is_broken())
        throw;
      throw commit_in_doubt{e.kind(), e.summary(),
                            e.why() + "; whether it was written is not known",
                            "look before it is tried again; a runtime does so by itself"};
    }
    on_.in_transaction_ = false;
  }
  open_ = false;
}

std::string transaction_id(connection& on) {
  return guarded("cannot name the transaction", [&] {
    return std::get<0>(on.prepared<std::string>("transaction_id").first().value());
  });
}

bool was_committed(connection& on, const std::string& transaction) {
  return guarded("cannot find out what became of a transaction", [&] {
    const auto row = on.prepared<std::string>("transaction_status").with("id", transaction).first();
    if (row && std::get<0>(*row) == "in progress")
      throw error{error_kind::transient, "cannot find out what became of a transaction",
                  "the server is still at it", "it is asked again"};
    return row && std::get<0>(*row) == "committed";
  });
}

}  // namespace millrace::storage
