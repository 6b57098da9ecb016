#pragma once

#include "storage/db/database.hpp"

#include <string>
#include <thread>
#include <vector>

/// What other sessions do to a database in which a runtime works.
namespace millrace::benchmarks {

/// A transaction that stays open as long as this object: on PostgreSQL nothing that has died since
/// can be removed, on SQLite the WAL cannot begin from its start again.
class open_transaction {
 public:
  explicit open_transaction(const storage::database_settings& on);

 private:
  storage::connection on_;
};

/// Sessions that read all of these tables over and over, each time in one snapshot, as long as this
/// object lives.
class table_readers {
 public:
  table_readers(const storage::database_settings& on, int count,
                const std::vector<std::string>& tables);

 private:
  std::vector<std::jthread> sessions_;
};

}  // namespace millrace::benchmarks
