#pragma once

#include <array>
#include <cstddef>

namespace millrace {

/// Whether a byte is ASCII that any reader and any terminal takes as it is: what can be seen,
/// blanks, tabs and line feeds.
inline constexpr auto is_plain_ascii = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7F; ++c)
    table[c] = true;
  table['\t'] = table['\n'] = true;
  return table;
}();

}  // namespace millrace
