#include "net/http/server/target.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace millrace::net {
namespace {

/// -1 when it is no hexadecimal digit.
int hex_value(char c) {
  if (is_digit(c))
    return c - '0';
  const char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum class plus : bool { is_plus, is_space };

std::optional<std::string> decode(std::string_view text, plus means) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && means == plus::is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_value(text[i + 2]);
      if (low < 0)
        return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (decoded.find('\0') != std::string::npos || utf8::count(decoded).broken != 0)
    return std::nullopt;
  return decoded;
}

/// The text to the separator, which is taken off too.
std::string_view take_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool read_path(std::string_view path, http_target& into) {
  into.path = path;
  path.remove_prefix(1);
  if (path.empty())
    return true;
  for (bool has_more = true; has_more;) {
    has_more = path.find('/') != std::string_view::npos;
    auto segment = decode(take_part(path, '/'), plus::is_plus);
    if (!segment || *segment == "." || *segment == "..")
      return false;
    into.segments.push_back(std::move(*segment));
  }
  return true;
}

bool read_query(std::string_view query, http_target& into) {
  while (!query.empty()) {
    auto value = take_part(query, '&');
    if (value.empty())
      continue;
    auto name = decode(take_part(value, '='), plus::is_space);
    auto decoded = decode(value, plus::is_space);
    if (!name || !decoded)
      return false;
    into.query.emplace_back(std::move(*name), std::move(*decoded));
  }
  return true;
}

/// Takes "http://HOST" off. Nothing when there is another scheme, or no host.
std::optional<std::string_view> without_host(std::string_view text) {
  if (text.starts_with('/'))
    return text;
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto begins =
        std::equal(scheme.begin(), scheme.end(), text.begin(),
                   text.begin() + static_cast<std::ptrdiff_t>(std::min(scheme.size(), text.size())),
                   [](char a, char b) { return a == ascii_lower(b); });
    if (!begins)
      continue;
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    return end == 0 ? std::nullopt : std::optional{text.substr(end)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> http_target::parameter(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  return found == query.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

std::optional<http_target> parse_target(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~' || c == '#'; }))
    return std::nullopt;
  auto rest = without_host(text);
  if (!rest)
    return std::nullopt;
  auto path = take_part(*rest, '?');
  if (path.empty())
    path = "/";
  http_target target;
  if (!read_path(path, target) || !read_query(*rest, target))
    return std::nullopt;
  return target;
}

}  // namespace millrace::net
