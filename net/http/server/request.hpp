#pragma once

#include "net/http/server/target.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::net {

struct incoming_request {
  /// As it came: "GET".
  std::string method;
  http_target target;
  /// In their order, names in lower case. There is one Host, Content-Type and Authorization at
  /// most.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// The client's address: "127.0.0.1:40312", "[::1]:40312".
  std::string peer;
  /// It came over TLS.
  bool is_secure = false;

  /// The value of the first header of that name, which is in lower case; empty when there is none.
  std::string_view header(std::string_view name) const;
};

}  // namespace millrace::net
