#include "storage/db/json_list.hpp"

#include "base/json/json_depth.hpp"

#include <nlohmann/json.hpp>

namespace millrace::storage {

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
