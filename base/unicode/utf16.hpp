#pragma once

/// The units of UTF-16 that are half of a character: a pair of them is one.
namespace millrace::utf16 {

constexpr bool begins_pair(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool ends_pair(char32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }
constexpr bool is_half(char32_t unit) { return begins_pair(unit) || ends_pair(unit); }

}  // namespace millrace::utf16
