#include "base/text_line.hpp"

#include "base/unicode/printable.hpp"

#include <algorithm>

namespace millrace {

std::string one_line(std::string_view text, std::size_t longest) {
  auto line = printable(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (line.size() > longest) {
    // Cut where a character begins.
    auto end = longest;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U)
      --end;
    line.resize(end);
    line += "...";
  }
  return line;
}

}  // namespace millrace
