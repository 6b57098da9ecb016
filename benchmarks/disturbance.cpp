#include "benchmarks/disturbance.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>

namespace millrace::benchmarks {
namespace {

void begin_snapshot(storage::connection& on) {
  on.session() << (on.is_shared() ? "begin isolation level repeatable read" : "begin");
}

void count_rows(storage::connection& on, const std::string& table) {
  long long count = 0;
  on.session() << "select count(*) from " + table, soci::into(count);
}

void read_over_and_over(const storage::database_settings& settings,
                        const std::vector<std::string>& tables, const std::stop_token& stop) {
  storage::connection on{settings};
  while (!stop.stop_requested()) {
    begin_snapshot(on);
    for (const auto& table : tables)
      if (!stop.stop_requested())
        count_rows(on, table);
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
  count_rows(on_, "runtimes");
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
