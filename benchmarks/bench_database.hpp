#pragma once

#include "storage/db/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace millrace::benchmarks {

/// A new, migrated database, gone with this object: a file in a temporary folder, or a schema of a
/// PostgreSQL server.
class bench_database {
 public:
  /// `where` is `sqlite` or postgresql://...
  explicit bench_database(const std::string& where);
  ~bench_database();
  bench_database(const bench_database&) = delete;
  bench_database& operator=(const bench_database&) = delete;

  const storage::database_settings& settings() const { return settings_; }
  bool is_shared() const;
  /// A data directory for one runtime.
  std::filesystem::path new_data_dir();
  /// Brings statistics and free space up to date, so that this work of the server's does not fall
  /// into a measured run by chance.
  void tidy();

 private:
  tests::temp_dir dir_;
  storage::database_settings settings_;
  int data_dirs_ = 0;
};

}  // namespace millrace::benchmarks
