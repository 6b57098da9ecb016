#include "storage/database.hpp"

#include "storage/sql_text.hpp"
#include "storage/sqlite.hpp"

#include <algorithm>

namespace millrace::storage {

connection::connection(const database_settings& settings)
    : session_(guarded("cannot open the database", [&] { return sqlite::open(settings); })) {}

connection::~connection() = default;

std::string_view connection::sql(std::string_view name) const {
  const auto all = embedded_statements();
  const auto found = std::find_if(all.begin(), all.end(), [&](const sql_text& one) {
    return one.name == name && (one.dialect == dialect() || one.dialect == "common");
  });
  MILLRACE_CHECK(found != all.end());
  return found->text;
}

std::int64_t connection::data_version() {
  return guarded("cannot look for changes of the database", [&] {
    return std::get<0>(prepared<std::int64_t>("data_version").first().value());
  });
}

void connection::control(std::string_view command) {
  auto& kept = prepared_[command];
  if (!kept)
    kept = std::make_unique<statement<>>(*session_, command);
  dynamic_cast<statement<>&>(*kept).run();
}

transaction::transaction(connection& on) : on_(on), outermost_(!on.in_transaction_) {
  if (!outermost_)
    return;
  guarded("cannot begin a transaction", [&] { on_.control("begin immediate"); });
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
  try {
    on_.control("rollback");
  } catch (const soci::soci_error&) {
    // The failure that led here may have rolled it back already (a full disk does).
  }
}

void transaction::commit() {
  if (outermost_) {
    if (on_.doomed_)
      throw error{error_kind::transient, "cannot commit",
                  "a part of the transaction failed and was given up", "try the whole of it again"};
    guarded("cannot commit", [&] { on_.control("commit"); });
    on_.in_transaction_ = false;
  }
  open_ = false;
}

}  // namespace millrace::storage
