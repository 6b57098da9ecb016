#pragma once

#include <string_view>

namespace millrace::net {

/// Whether the text is a URL of http or https that a request can go to: with a host, a port (if
/// any) that there is, and no character that stands for nothing in a URL.
bool is_http_url(std::string_view text);

}  // namespace millrace::net
