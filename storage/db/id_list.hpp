#pragma once

#include "storage/db/dialect.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::storage {

/// A list of ids under construction, as the statements of a dialect take it: a JSON list for
/// SQLite, an array for PostgreSQL.
class id_list {
 public:
  id_list(dialect d, std::size_t expected_ids)
      : closing_(d == dialect::sqlite ? ']' : '}'), text_(1, d == dialect::sqlite ? '[' : '{') {
    text_.reserve(expected_ids * 8 + 2);
  }

  void add(std::int64_t id) {
    if (text_.size() > 1)
      text_ += ',';
    const fmt::format_int digits{id};
    text_.append(digits.data(), digits.size());
  }

  /// The list; nothing can be added any more.
  std::string_view finish() {
    text_ += closing_;
    return text_;
  }

 private:
  char closing_;
  std::string text_;
};

}  // namespace millrace::storage
