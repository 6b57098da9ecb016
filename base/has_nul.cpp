#include "base/has_nul.hpp"

namespace millrace {

bool has_nul(std::string_view json) {
  constexpr std::string_view escape = "\\u0000";
  for (auto at = json.find(escape); at != std::string_view::npos; at = json.find(escape, at + 1)) {
    const auto before = json.substr(0, at).find_last_not_of('\\');
    const auto backslashes = at - (before == std::string_view::npos ? 0 : before + 1);
    if (backslashes % 2 == 0)
      return true;
  }
  return false;
}

}  // namespace millrace
