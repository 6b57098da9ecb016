#include "app/api/access.hpp"

#include "app/api/problem.hpp"
#include "base/unicode/ascii.hpp"
#include "net/host_port.hpp"
#include "storage/db/error.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace millrace::app::api {
namespace {

bool is_address(const std::string& host) {
  in6_addr parsed{};
  return ::inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

/// "localhost" of "localhost:7117", "::1" of "[::1]:7117"; in lower case.
std::string name_of(std::string_view host) {
  if (host.starts_with('['))
    host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
  else
    host = host.substr(0, host.find(':'));
  std::string name{host};
  std::transform(name.begin(), name.end(), name.begin(), ascii_lower);
  return name;
}

bool is_on_this_machine(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]") || peer.starts_with("[::ffff:127.");
}

bool is_same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// An address without its port: a client has many.
std::string address_of(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

problem unauthorised(std::string why) {
  return problem{401, "TOKEN_INVALID", "the request needs a token", std::move(why),
                 "send `Authorization: Bearer TOKEN`; `millrace token create` makes one"}
      .with("WWW-Authenticate", "Bearer");
}

std::string_view token_in(const request& asked) {
  constexpr std::string_view scheme = "bearer ";
  const auto said = asked.header("authorization");
  if (said.empty())
    throw unauthorised("it has no Authorization header");
  const bool is_bearer = said.size() > scheme.size() &&
                         std::equal(scheme.begin(), scheme.end(), said.begin(),
                                    [](char known, char c) { return known == ascii_lower(c); });
  if (!is_bearer)
    throw unauthorised("its Authorization is no Bearer token");
  return said.substr(scheme.size());
}

}  // namespace

access_check::access_check(access_settings settings, storage::connection_pool& connections,
                           const millrace::clock& time)
    : settings_(std::move(settings)), connections_(connections), time_(time) {}

bool access_check::is_own_host(std::string_view host) const {
  const auto name = name_of(host);
  return name == "localhost" || is_address(name) ||
         std::find(settings_.hosts.begin(), settings_.hosts.end(), name) != settings_.hosts.end();
}

void access_check::check_site(const request& asked) const {
  const auto host = asked.header("host");
  if (!is_own_host(host))
    throw problem{421, "HOST_UNKNOWN", "the request was not taken",
                  fmt::format("it is for the host `{}`", host),
                  "name that host in http.hosts if it is this server's"};
  const auto origin = asked.header("origin");
  if (!origin.empty() && origin != fmt::format("http://{}", host) &&
      origin != fmt::format("https://{}", host) && allowed_origin(asked).empty())
    throw problem{403, "ORIGIN_REFUSED", "the request was not taken",
                  fmt::format("a page of {} sends it", origin),
                  "name that origin in http.origins if its pages may use the API"};
}

std::string access_check::allowed_origin(const request& asked) const {
  const auto origin = asked.header("origin");
  const auto& known = settings_.origins;
  return std::find(known.begin(), known.end(), origin) == known.end() ? std::string{}
                                                                      : std::string{origin};
}

bool access_check::is_owner(const request& asked, std::string_view secret) const {
  return !settings_.owner_token.empty() && is_on_this_machine(asked.peer) &&
         is_same(secret, settings_.owner_token);
}

std::optional<storage::access_token> access_check::find_holder(std::string_view secret,
                                                               const route& wanted) {
  const auto now = time_.now();
  try {
    auto found = connections_.with_connection(
        "cannot look up the token", [&](auto& on) { return storage::find_token(on, secret, now); });
    if (wanted.needs_no_database)
      recent_.note(secret, found, now);
    return found;
  } catch (const storage::error&) {
    if (auto known = wanted.needs_no_database ? recent_.find(secret, now) : std::nullopt)
      return known;
    throw;
  }
}

void access_check::check_token_is_shown(const request& asked, const route& wanted) {
  if (!wanted.is_open)
    token_in(asked);
}

storage::access_token access_check::authenticate(const request& asked, const route& wanted) {
  if (wanted.is_open)
    return {};
  const auto now = login_limiter::clock::now();
  const auto address = address_of(asked.peer);
  const auto secret = token_in(asked);
  if (is_owner(asked, secret))
    return {.name = std::string{storage::owner_name}, .role = storage::access_role::admin};
  auto holder = find_holder(secret, wanted);
  if (!holder) {
    if (const auto wait = logins_.must_wait(address, now); wait.count() > 0)
      throw problem{429, "TOO_MANY_FAILURES", "the request was not taken",
                    "too many wrong tokens came from this address", "wait, and use the right one"}
          .with("Retry-After", fmt::to_string(wait.count()));
    logins_.failed(address, now);
    throw unauthorised("its token is unknown, revoked or expired");
  }
  if (holder->role < wanted.role)
    throw problem{403, "ROLE_TOO_LOW", "the token does not reach that far",
                  fmt::format("it is that of a {}, and this needs that of a {}",
                              to_string(holder->role), to_string(wanted.role)),
                  "use a token of that role"};
  return *std::move(holder);
}

}  // namespace millrace::app::api
