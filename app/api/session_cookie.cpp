#include "app/api/session_cookie.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::app::api {
namespace {

/// To this server, or to a proxy before it.
bool is_over_tls(const request& asked) {
  return asked.is_secure || asked.header("origin").starts_with("https://");
}

/// A browser gives the cookies of a host to all ports of it: each server has a name of its own.
std::string cookie_name(const request& asked) {
  const auto host = asked.header("host");
  const auto begin = host.ends_with(']') ? std::string_view::npos : host.rfind(':');
  return fmt::format("millrace_{}",
                     begin == std::string_view::npos ? "session" : host.substr(begin + 1));
}

}  // namespace

std::string_view session_in(const request& asked) {
  const auto name = cookie_name(asked) + '=';
  auto left = asked.header("cookie");
  while (!left.empty()) {
    const auto end = std::min(left.find(';'), left.size());
    auto pair = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    while (pair.starts_with(' '))
      pair.remove_prefix(1);
    if (pair.starts_with(name))
      return pair.substr(name.size());
  }
  return {};
}

std::string session_cookie(const request& asked, std::string_view secret, duration length) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", cookie_name(asked),
                     secret, std::chrono::duration_cast<std::chrono::seconds>(length).count(),
                     is_over_tls(asked) ? "; Secure" : "");
}

bool is_from_own_page(const request& asked) {
  if (asked.method == "GET" || asked.method == "HEAD")
    return true;
  const auto origin = asked.header("origin");
  const auto host = asked.header("host");
  return origin == fmt::format("https://{}", host) ||
         (!asked.is_secure && origin == fmt::format("http://{}", host));
}

}  // namespace millrace::app::api
