#include "storage/db/json_list.hpp"

#include "base/json/json_depth.hpp"

#include <nlohmann/json.hpp>

#include <iterator>

namespace millrace::storage {

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      to += c;
    }
  }
  to += '"';
}

std::vector<std::string> read_texts(std::string_view list) {
  std::vector<std::string> texts;
  if (is_too_deep(list))
    return texts;
  const auto read = nlohmann::json::parse(list, nullptr, /*allow_exceptions=*/false);
  if (read.is_array())
    for (const auto& one : read)
      if (one.is_string())
        texts.push_back(one.get<std::string>());
  return texts;
}

}  // namespace millrace::storage
