#include "app/settings/endpoints.hpp"

#include "app/settings/kinds.hpp"
#include "net/http/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace millrace::app {
namespace {

using pipeline::remote::endpoint;

constexpr int highest = 1000;

/// Nothing in it may be a secret.
bool is_base_url(std::string_view text) {
  return text.find_first_of("@?#\"\\") == text.npos && net::is_http_url(text);
}

/// Reads NAME=NUMBER into the number; false when it is something else.
bool read_number(std::string_view word, std::string_view name, std::int64_t low, int& into) {
  if (!word.starts_with(name))
    return false;
  const auto number = kinds::number{low, highest}.read<int>(word.substr(name.size()));
  into = number.value_or(into);
  return number.has_value();
}

std::optional<endpoint> parse_endpoint(const std::string& text) {
  std::istringstream words{text};
  endpoint one;
  if (!(words >> one.url) || !is_base_url(one.url))
    return std::nullopt;
  while (one.url.ends_with('/'))
    one.url.pop_back();
  for (std::string word; words >> word;)
    if (!read_number(word, "priority=", 0, one.priority) &&
        !read_number(word, "weight=", 1, one.weight))
      return std::nullopt;
  return one;
}

}  // namespace

std::optional<std::vector<endpoint>> parse_endpoints(std::string_view text) {
  std::vector<endpoint> all;
  std::istringstream parts{std::string{text}};
  for (std::string part; std::getline(parts, part, ',');) {
    auto one = parse_endpoint(part);
    const bool is_new = one && std::none_of(all.begin(), all.end(), [&](const auto& other) {
                          return other.url == one->url;
                        });
    if (!is_new)
      return std::nullopt;
    all.push_back(std::move(*one));
  }
  return all;
}

std::string format_endpoints(const std::vector<endpoint>& endpoints) {
  std::string text;
  for (const auto& one : endpoints) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", one.url);
    if (one.priority != 0)
      text += fmt::format(" priority={}", one.priority);
    if (one.weight != 1)
      text += fmt::format(" weight={}", one.weight);
  }
  return text;
}

}  // namespace millrace::app
