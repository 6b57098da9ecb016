#include "app/terminal/text.hpp"

#include "base/unicode/harmless.hpp"
#include "base/unicode/utf8.hpp"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

namespace millrace::app {
namespace {

/// Characters without width let a name pose as another one.
bool is_deceptive(char32_t c) { return (c >= 0x200B && c <= 0x200D) || c == 0xFEFF; }

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

locale_t utf8_locale() {
  static const auto all = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return all;
}

/// How wide the C library says that characters are, whatever the locale of the process: 2 for those
/// of East Asia, 0 for marks that combine with the character before.
class character_widths {
 public:
  character_widths() : before_{uselocale(utf8_locale())} {}
  ~character_widths() { uselocale(before_); }
  character_widths(const character_widths&) = delete;
  character_widths& operator=(const character_widths&) = delete;

  std::size_t of(char32_t code) const {
    if (code < 0x80)
      return 1;
    const int columns = wcwidth(static_cast<wchar_t>(code));
    return columns < 0 ? 1 : static_cast<std::size_t>(columns);
  }

 private:
  locale_t before_;
};

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size, valid] = utf8::decode(text, at);
    const auto bytes = text.substr(at, size);
    if (!valid)
      for (const char c : bytes)
        out += escaped(static_cast<unsigned char>(c));
    else if (is_harmful(code) || is_deceptive(code))
      out += escaped(code);
    else
      out += bytes;
    at += size;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  const character_widths widths;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size, valid] = utf8::decode(text, at);
    columns += widths.of(code);
    at += size;
  }
  return columns;
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width)
    return std::string{text};
  if (width == 0)
    return {};
  const auto end = fitting(text, width - 1);
  return std::string{text.substr(0, end)} + "…";
}

std::size_t fitting(std::string_view text, std::size_t width) {
  const character_widths widths;
  std::size_t columns = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto [code, size, valid] = utf8::decode(text, at);
    columns += widths.of(code);
    if (columns > width)
      break;
    at += size;
  }
  return at;
}

}  // namespace millrace::app
