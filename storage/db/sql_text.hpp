#pragma once

#include <span>
#include <string_view>

namespace millrace::storage {

/// One file of storage/sql, as the build embedded it.
struct sql_text {
  /// The folder: "common", "sqlite", "postgres".
  std::string_view dialect;
  /// The file's name without ".sql".
  std::string_view name;
  std::string_view text;
  /// A migration's: the oldest version of the schema whose millrace can use this one.
  int works_with = 0;
};

std::span<const sql_text> embedded_statements();
/// In order; a migration's name begins with its number.
std::span<const sql_text> embedded_migrations();

}  // namespace millrace::storage
