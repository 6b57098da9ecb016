#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::net {

/// What a request asks for, of "/v1/jobs/a%2Fb?state=dead&limit=10".
struct http_target {
  /// As it came, without the query: "/v1/jobs/a%2Fb".
  std::string path;
  /// The path between its slashes, decoded: {"v1", "jobs", "a/b"}. None of "/"; "/v1/" has an empty
  /// one at its end. None is "." or "..", has a NUL or is not UTF-8.
  std::vector<std::string> segments;
  /// Decoded, in their order, "+" as a space. UTF-8 without NUL.
  std::vector<std::pair<std::string, std::string>> query;

  /// The value of the first parameter of that name.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// Reads a path, or a URL with http or https, whose host is passed over. Nothing when it is
/// something else, an escape is not % and two hexadecimal digits, or a part is as it may not be.
std::optional<http_target> parse_target(std::string_view text);

}  // namespace millrace::net
