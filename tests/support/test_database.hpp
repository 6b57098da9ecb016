#pragma once

#include "storage/db/database.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace millrace::tests {

/// The PostgreSQL that the tests may use (scripts/with-postgres): the URL in
/// TEST_POSTGRES_URL.
std::optional<std::string> postgres_url();

/// An empty database of its own, gone when the test ends: a SQLite file in a folder, or a schema of
/// the PostgreSQL server.
class test_database {
 public:
  /// Which one, unless said: the conformance tests set it from their command line.
  static storage::dialect chosen;
  /// Chooses `sqlite` or `postgres`. Where it cannot, it says why, and answers what the program
  /// ends with: 77, which CTest shows as skipped, where there is no PostgreSQL.
  static std::optional<int> choose(const std::string& name);

  explicit test_database(storage::dialect kind = chosen);
  ~test_database();
  test_database(const test_database&) = delete;
  test_database& operator=(const test_database&) = delete;

  const storage::database_settings& settings() const { return settings_; }
  /// The folder of a SQLite database; its file is test.db.
  const std::filesystem::path& folder() const { return dir_.path(); }

 private:
  temp_dir dir_;
  storage::database_settings settings_;
};

}  // namespace millrace::tests
