#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A request and its answer, as the API sees them: decoded, and whole.
namespace millrace::app::api {

struct request {
  /// Upper case.
  std::string method;
  /// Without the query; percent-decoded.
  std::string path;
  /// Decoded, in order; a name may come more than once.
  std::vector<std::pair<std::string, std::string>> query;
  /// By their names in lower case.
  std::map<std::string, std::string, std::less<>> headers;
  std::string body;
  /// The address that it comes from.
  std::string peer;

  /// Empty where the request has none.
  std::string_view header(std::string_view name) const {
    const auto at = headers.find(name);
    return at == headers.end() ? std::string_view{} : std::string_view{at->second};
  }
};

struct response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  /// Beside Content-Type and Content-Length.
  std::vector<std::pair<std::string, std::string>> headers{};
};

}  // namespace millrace::app::api
