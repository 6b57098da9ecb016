#pragma once

#include "net/http/server/request.hpp"

#include <optional>
#include <string>
#include <utility>

namespace millrace::net {

/// What the grammar of a header allows and the server refuses: the status, and why.
std::optional<std::pair<int, std::string>> trouble_in_header(const incoming_request& request,
                                                             bool is_http_1_0);

}  // namespace millrace::net
