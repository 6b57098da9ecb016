#pragma once

#include "base/json/json_string.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::storage {

/// The texts of a JSON list; none of what is no such list.
std::vector<std::string> read_texts(std::string_view list);

/// A JSON list under construction: the one parameter of a statement over many rows.
class json_list {
 public:
  explicit json_list(std::size_t expected_bytes = 0) { text_.reserve(expected_bytes + 2); }

  void add(std::int64_t number) {
    separate();
    const fmt::format_int digits{number};
    text_.append(digits.data(), digits.size());
  }
  void add(std::string_view text) {
    separate();
    append_json_string(text_, text);
  }
  void add(const json_list& nested) {
    separate();
    text_ += nested.text_;
    text_ += ']';
  }

  /// The list; nothing can be added any more.
  std::string_view finish() {
    text_ += ']';
    return text_;
  }

 private:
  void separate() {
    if (text_.size() > 1)
      text_ += ',';
  }

  std::string text_{"["};
};

}  // namespace millrace::storage
