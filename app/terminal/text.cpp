#include "app/terminal/text.hpp"

#include "pipeline/ingest/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace millrace::app {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Line separators, and marks that let a name pose as another one.
bool is_deceptive(char32_t c) {
  return c == 0x061C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::string escaped(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(c))
                       : fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size, valid] = pipeline::ingest::utf8::decode(text, at);
    const auto bytes = text.substr(at, size);
    if (!valid)
      for (const char c : bytes)
        out += escaped(static_cast<unsigned char>(c));
    else if (is_control(code) || is_deceptive(code))
      out += escaped(code);
    else
      out += bytes;
    at += size;
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

}  // namespace millrace::app
