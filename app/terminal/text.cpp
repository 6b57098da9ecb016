#include "app/terminal/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <iterator>

namespace millrace::app {
namespace {

struct decoded {
  std::uint32_t code_point = 0;
  /// Bytes; 0 where there is no valid UTF-8.
  std::size_t length = 0;
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The code point at the beginning of a text that is not empty.
decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80)
    return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length)
    return {};
  std::uint32_t code_point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i]))
      return {};
    code_point = code_point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return overlong || surrogate || code_point > 0x10FFFF ? decoded{} : decoded{code_point, length};
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Line separators, and marks that let a name pose as another one.
bool is_deceptive(std::uint32_t c) {
  return c == 0x061C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string escaped(std::uint32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c < 0x100 ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
  }
}

template <class Unit>
std::string format_time(pipeline::time_point at, int digits) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<Unit>(at - seconds);
  const std::time_t whole = seconds.time_since_epoch().count();
  return fmt::format("{:%FT%T}.{:0{}}Z", fmt::gmtime(whole), rest.count(), digits);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [c, length] = decode(text);
    if (length == 0)
      out += escaped(static_cast<unsigned char>(text[0]));
    else if (is_control(c) || is_deceptive(c))
      out += escaped(c);
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width)
    return std::string{text};
  if (width == 0)
    return {};
  std::size_t end = 0;
  for (std::size_t columns = 0; columns < width; ++columns)
    do
      ++end;
    while (end < text.size() && is_continuation(text[end]));
  // One column too many: the last one is the sign's.
  do
    --end;
  while (is_continuation(text[end]));
  return std::string{text.substr(0, end)} + "…";
}

std::string to_iso8601(pipeline::time_point at) {
  return format_time<std::chrono::milliseconds>(at, 3);
}

std::string to_iso8601_us(pipeline::time_point at) {
  return format_time<std::chrono::microseconds>(at, 6);
}

}  // namespace millrace::app
