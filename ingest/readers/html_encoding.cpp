#include "ingest/readers/html_encoding.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/files/decode.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::ingest {
namespace {

constexpr std::size_t declaration_window = 1024;

/// The name of an encoding that follows `charset=` or, in an XML declaration, `encoding=`; in lower
/// case, or empty.
std::string declared_encoding(std::string_view bytes) {
  std::string head{bytes.substr(0, declaration_window)};
  std::transform(head.begin(), head.end(), head.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  auto at = head.find("charset=");
  if (at == std::string::npos && head.find("<?xml") != std::string::npos)
    at = head.find("encoding=");
  if (at == std::string::npos)
    return {};
  at = head.find_first_not_of("\"' ", head.find('=', at) + 1);
  if (at == std::string::npos)
    return {};
  const auto end = head.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.:", at);
  return head.substr(at, end - at);
}

/// Whether the declaration says no more than what to_utf8 finds out by itself.
bool is_guessed(std::string_view name) {
  constexpr std::array guessed{"",           "utf-8",  "utf8",      "us-ascii", "ascii",
                               "iso-8859-1", "latin1", "iso8859-1", "latin-1",  "windows-1252",
                               "cp1252",     "utf-16", "utf-16le",  "utf-16be"};
  return std::find(guessed.begin(), guessed.end(), name) != guessed.end();
}

}  // namespace

std::string html_to_utf8(std::string_view bytes) {
  const auto name = declared_encoding(bytes);
  if (!is_guessed(name) && !bytes.starts_with("\xEF\xBB\xBF") && !guess_utf16(bytes))
    if (auto text = from_encoding(bytes, name))
      return *std::move(text);
  if (auto text = to_utf8(bytes))
    return *std::move(text);
  return from_windows_1252(bytes);
}

}  // namespace millrace::ingest
