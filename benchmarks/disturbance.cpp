#include "benchmarks/disturbance.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>

namespace millrace::benchmarks {
namespace {

void begin_snapshot(storage::connection& on) {
  on.session() << (on.is_shared() ? "begin isolation level repeatable read" : "begin");
}

/// What is counted is in no index: one would lead over the table in another order than that of its
/// pages.
void read_rows(storage::connection& on, const std::string& table) {
  long long count = 0;
  on.session() << fmt::format("select count(correlation_id) from {}", table), soci::into(count);
}

void read_over_and_over(const storage::database_settings& settings,
                        const std::vector<std::string>& tables, const std::stop_token& stop) {
  storage::connection on{settings};
  while (!stop.stop_requested()) {
    begin_snapshot(on);
    for (const auto& table : tables)
      if (!stop.stop_requested())
        read_rows(on, table);
    on.session() << "commit";
  }
}

}  // namespace

open_transaction::open_transaction(const storage::database_settings& on) : on_(on) {
  begin_snapshot(on_);
  if (on_.is_shared()) {
    long long id = 0;
    on_.session() << "select txid_current()", soci::into(id);
  }
  long long count = 0;
  on_.session() << "select count(*) from runtimes", soci::into(count);
}

table_readers::table_readers(const storage::database_settings& on, int count,
                             const std::vector<std::string>& tables) {
  for (int i = 0; i < count; ++i)
    sessions_.emplace_back([on, tables](const std::stop_token& stop) {
      try {
        read_over_and_over(on, tables, stop);
      } catch (const std::exception& e) {
        fmt::print(stderr, "millrace-bench: a reader ended: {}\n", e.what());
        std::_Exit(3);
      }
    });
}

}  // namespace millrace::benchmarks
