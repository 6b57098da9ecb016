#pragma once

#include "storage/db/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::killtest {

/// What is in the database. Each question has a connection of its own: the server may have been
/// away since the last one. Throws storage::error.
class records {
 public:
  explicit records(storage::database_settings from) : from_{std::move(from)} {}

  std::int64_t number(const std::string& sql) const;
  std::vector<std::string> lines(const std::string& sql) const;

  /// Jobs that have not ended.
  std::int64_t unfinished() const;

  /// Jobs in the hands of a runtime.
  std::int64_t at_work() const;

  /// All that must be the same, whatever happened on the way, in a fixed order.
  std::vector<std::string> picture() const;

  /// What must never be, each as a sentence with how often it is.
  std::vector<std::string> faults() const;

  const storage::database_settings& settings() const { return from_; }

 private:
  storage::database_settings from_;
};

/// The lines that only the first one has.
std::vector<std::string> missing_from(const std::vector<std::string>& all,
                                      const std::vector<std::string>& there);

}  // namespace millrace::killtest
