#pragma once

#include <vector>

namespace millrace::app {

/// A key: the character it writes, or one of `keys`.
using key = char32_t;

/// Keys that write nothing; above all characters.
namespace keys {
inline constexpr key up = 0x110000;
inline constexpr key down = 0x110001;
inline constexpr key page_up = 0x110002;
inline constexpr key page_down = 0x110003;
inline constexpr key home = 0x110004;
inline constexpr key end = 0x110005;
inline constexpr key enter = 0x110006;
inline constexpr key escape = 0x110007;
inline constexpr key tab = 0x110008;
inline constexpr key back_tab = 0x110009;
inline constexpr key backspace = 0x11000A;
}  // namespace keys

/// What a key does, for people.
struct key_help {
  const char* keys;
  const char* what;
};

/// All that can be pressed, in the order in which it is explained.
const std::vector<key_help>& all_keys();

}  // namespace millrace::app
