#include "ingest/files/decode.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/files/convert.hpp"
#include "ingest/files/encoding_labels.hpp"
#include "ingest/files/guess_encoding.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

using namespace std::string_view_literals;

struct wide_encoding {
  std::string_view mark;
  std::string_view name;
  const char* converter;
};

// The mark of UTF-32 begins with that of UTF-16.
constexpr std::array wide_encodings{
    wide_encoding{"\xFF\xFE\0\0"sv, "utf-32le", "UTF-32LE"},
    wide_encoding{"\0\0\xFE\xFF"sv, "utf-32be", "UTF-32BE"},
    wide_encoding{"\xFF\xFE"sv, "utf-16le", "UTF-16LE"},
    wide_encoding{"\xFE\xFF"sv, "utf-16be", "UTF-16BE"},
};
constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

decoded_text read_wide(std::string_view bytes, const wide_encoding& as) {
  auto made = convert_with(bytes, as.converter);
  made.encoding = as.name;
  return made;
}

/// How many characters of ASCII stand in a beginning of the bytes; nothing where it is no text as
/// people write it in those wide characters: neither controls nor broken pairs, and nothing but
/// letters and signs of scripts in use.
std::optional<std::size_t> ascii_in_wide_text(std::string_view bytes, const wide_encoding& as) {
  constexpr std::size_t window = 4096;
  if (bytes.size() < 4 || bytes.size() % 2 != 0)
    return std::nullopt;
  const auto made = read_wide(bytes.substr(0, window), as);
  std::size_t points = 0;
  std::size_t blanks = 0;
  std::size_t ascii = 0;
  for (std::size_t at = 0; at < made.text.size(); ++points) {
    const auto next = utf8::decode(made.text, at);
    const bool is_blank =
        next.code == '\n' || next.code == '\r' || next.code == '\t' || next.code == ' ';
    blanks += is_blank ? 1 : 0;
    ascii += next.code < 0x80 ? 1 : 0;
    if ((next.code < 0x20 && !is_blank) || (next.code >= 0xE000 && next.code < 0xF900))
      return std::nullopt;
    at += next.size;
  }
  const bool is_text = made.broken * 200 <= points && (blanks > 0 || (points < 40 && ascii > 0)) &&
                       is_plausible_text(made.text);
  return is_text ? std::optional{ascii} : std::nullopt;
}

std::optional<decoded_text> in_declared(std::string_view bytes, std::string_view label) {
  const auto encoding = encoding_of_label(label);
  if (encoding.empty())
    return std::nullopt;
  const char* converter = converter_of(encoding);
  // A declaration that can be read in bytes is not in UTF-16.
  auto made = converter == nullptr ? repaired_utf8(bytes) : convert_with(bytes, converter);
  const auto seen = utf8::count(made.text);
  if (made.broken * 2 > seen.wide)
    return std::nullopt;
  // Characters of UTF-8 are hardly ever what an encoding of single bytes means by them.
  const auto as_utf8 = utf8::count(bytes);
  if (seen.points == bytes.size() && as_utf8.wide > 0 && as_utf8.broken == 0)
    return std::nullopt;
  made.encoding = converter == nullptr ? "utf-8" : encoding;
  return made;
}

/// What stands after `key` in the first lines, up to what is no label.
std::string label_after(std::string_view head, std::string_view key) {
  const auto at = head.find(key);
  if (at == std::string_view::npos)
    return {};
  const auto first = head.find_first_not_of("\"' \t", at + key.size());
  if (first == std::string_view::npos)
    return {};
  const auto end =
      std::find_if_not(head.begin() + static_cast<std::ptrdiff_t>(first), head.end(), [](char c) {
        const char low = ascii_lower(c);
        return is_digit(c) || (low >= 'a' && low <= 'z') || c == '-' || c == '_' || c == '.' ||
               c == ':';
      });
  return std::string{head.begin() + static_cast<std::ptrdiff_t>(first), end};
}

}  // namespace

std::optional<decoded_text> from_wide(std::string_view bytes) {
  for (const auto& one : wide_encodings)
    if (bytes.starts_with(one.mark))
      return read_wide(bytes.substr(one.mark.size()), one);
  // Lines and words end with a character that is NUL on one side, whatever the script.
  if (bytes.substr(0, 4096).find('\0') == std::string_view::npos)
    return std::nullopt;
  const auto little = ascii_in_wide_text(bytes, wide_encodings[2]);
  const auto big = ascii_in_wide_text(bytes, wide_encodings[3]);
  // Letters of ASCII in the wrong order are Chinese ones.
  if (little == big)
    return std::nullopt;
  auto made = read_wide(bytes, wide_encodings[little > big ? 2 : 3]);
  made.guessed = true;
  return made;
}

std::optional<decoded_text> decode_text(std::string_view bytes, std::string_view declared) {
  if (auto wide = from_wide(bytes))
    return wide;
  if (bytes.starts_with(utf8_mark))
    return repaired_utf8(bytes.substr(utf8_mark.size()));
  if (bytes.find('\0') != std::string_view::npos)
    return std::nullopt;
  if (auto made = in_declared(bytes, declared))
    return made;
  const auto seen = utf8::count(bytes);
  if (seen.broken == 0) {
    // ISO-2022-JP is ASCII with escapes.
    if (bytes.find("\x1B$") != std::string_view::npos)
      if (auto made = guess_encoding(bytes); made && made->encoding == "iso-2022-jp")
        return made;
    return decoded_text{.text = std::string{bytes}};
  }
  // Bytes of another encoding hardly ever look like a character of UTF-8.
  if (seen.wide >= 2 * seen.broken)
    return repaired_utf8(bytes);
  return guess_encoding(bytes);
}

std::optional<std::string> to_utf8(std::string_view bytes) {
  if (auto made = decode_text(bytes))
    return std::move(made->text);
  return std::nullopt;
}

std::string declared_in_text(std::string_view bytes) {
  auto head = bytes.substr(0, 512);
  std::size_t end = 0;
  for (int line = 0; line < 2 && end < head.size(); ++line)
    end = std::min(head.find('\n', end), head.size() - 1) + 1;
  head = head.substr(0, end);
  if (head.starts_with("<?xml"))
    return label_after(head.substr(0, head.find('>')), "encoding=");
  if (head.starts_with("@charset"))
    return label_after(head, "@charset");
  for (const auto key : {"fileencoding="sv, "coding:"sv, "coding="sv})
    if (auto label = label_after(head, key); !label.empty())
      return label;
  return {};
}

std::string from_windows_1252(std::string_view bytes) {
  return convert_with(bytes, "windows-1252").text;
}

std::optional<std::string> from_encoding(std::string_view bytes, std::string_view label) {
  const auto encoding = encoding_of_label(label);
  if (encoding.empty())
    return std::nullopt;
  if (const char* converter = converter_of(encoding))
    return convert_with(bytes, converter).text;
  if (encoding == "utf-8")
    return repaired_utf8(bytes).text;
  return read_wide(bytes, wide_encodings[encoding == "utf-16le" ? 2 : 3]).text;
}

}  // namespace millrace::ingest
