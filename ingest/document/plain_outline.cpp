#include "ingest/document/outline.hpp"

#include <algorithm>

namespace millrace::ingest {
namespace {

std::uint8_t plain_heading_level(std::string_view line) {
  const auto signs = std::min(line.find_first_not_of('#'), line.size());
  return signs >= 1 && signs <= 6 && signs < line.size() && line[signs] == ' '
             ? static_cast<std::uint8_t>(signs)
             : 0;
}

/// How many signs begin a fence of code; 0 for another line.
std::size_t plain_fence(std::string_view line) {
  const auto at = line.find_first_not_of(" \t>");
  if (at == line.npos || line[at] != '`')
    return 0;
  const auto length = std::min(line.find_first_not_of('`', at), line.size()) - at;
  return length >= 3 ? length : 0;
}

}  // namespace

outline outline_of_plain(std::string_view text) {
  outline found;
  std::size_t fence = 0;
  bool is_open = false;
  const auto begin_block = [&](outline_kind kind, std::size_t at) {
    outline_entry entry;
    entry.kind = kind;
    entry.begin = entry.head_end = static_cast<std::uint32_t>(at);
    found.push_back(std::move(entry));
    is_open = true;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const auto next = std::min(end + 1, text.size());
    const bool is_blank = line.find_first_not_of(" \t\r\f\v") == line.npos;
    const auto signs = plain_fence(line);
    const auto level = fence > 0 ? std::uint8_t{0} : plain_heading_level(line);
    if (fence == 0 && (is_blank || level > 0 || signs > 0))
      is_open = false;
    if (!is_blank && !is_open)
      begin_block(level > 0   ? outline_kind::heading
                  : signs > 0 ? outline_kind::code
                              : outline_kind::paragraph,
                  at);
    if (!is_blank || fence > 0) {
      found.back().level = std::max(found.back().level, level);
      found.back().end = static_cast<std::uint32_t>(next);
    }
    if (fence == 0) {
      fence = signs;
      is_open = is_open && level == 0;
    } else if (signs >= fence && line.find_first_not_of(" \t>`") == line.npos) {
      fence = 0;
      is_open = false;
    }
    at = next;
  }
  return found;
}

}  // namespace millrace::ingest
