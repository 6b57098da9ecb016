#include "base/json/json_depth.hpp"

#include "base/bounds.hpp"

#include <algorithm>

namespace millrace {
namespace {

bool is_opening(char c) { return c == '[' || c == '{'; }

}  // namespace

bool is_too_deep(std::string_view json) {
  constexpr auto deepest = std::ptrdiff_t{bounds::deepest_json};
  if (std::count_if(json.begin(), json.end(), is_opening) <= deepest)
    return false;
  std::ptrdiff_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else
        in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (is_opening(c)) {
      if (++depth > deepest)
        return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace millrace
