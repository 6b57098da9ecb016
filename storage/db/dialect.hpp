#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::storage {

/// The databases that millrace knows.
enum class dialect : std::uint8_t { sqlite, postgres };

/// The folder of storage/sql with the dialect's statements.
constexpr std::string_view to_string(dialect d) {
  return d == dialect::sqlite ? "sqlite" : "postgres";
}

/// What a URL speaks of: `sqlite:PATH`, `postgresql://...` or `postgres://...`; nothing otherwise.
constexpr std::optional<dialect> dialect_of(std::string_view url) {
  if (url.starts_with("sqlite:"))
    return dialect::sqlite;
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return dialect::postgres;
  return std::nullopt;
}

}  // namespace millrace::storage
