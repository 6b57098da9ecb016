#pragma once

#include "app/api/contract.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

/// The cookie of a session of the console.
namespace millrace::app::api {

/// The secret of the session; empty where the request has none.
std::string_view session_in(const request& asked);

/// The value of Set-Cookie, for that long; at once gone for 0.
std::string session_cookie(const request& asked, std::string_view secret, duration length);

/// A browser sends the cookie whichever page of this host makes it ask: what changes something must
/// come from a page of the server itself, and browsers say from which it comes.
bool is_from_own_page(const request& asked);

}  // namespace millrace::app::api
