#pragma once

#include "pipeline/services/endpoint_pool.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// Reads a list of endpoints, separated by commas: each a base URL of http or https, then
/// `priority=N` and `weight=N` if they are not 0 and 1. Nothing for anything else, also for a URL
/// with a user, a query or a fragment: those carry secrets, and settings are shown to people.
std::optional<std::vector<pipeline::remote::endpoint>> parse_endpoints(std::string_view text);

/// What parse_endpoints() reads: "https://a/v1, https://b/v1 priority=1".
std::string format_endpoints(const std::vector<pipeline::remote::endpoint>& endpoints);

namespace kinds {

struct endpoints {
  template <class T>
  std::optional<T> read(std::string_view text) const {
    return parse_endpoints(text);
  }
  template <class T>
  std::string print(const T& value) const {
    return format_endpoints(value);
  }
  std::string allowed() const {
    return "base URLs, as https://HOST/v1 priority=1 weight=2, separated by commas";
  }
};

}  // namespace kinds
}  // namespace millrace::app
