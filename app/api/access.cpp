#include "app/api/access.hpp"

#include "app/api/problem.hpp"
#include "app/api/session_cookie.hpp"
#include "base/unicode/ascii.hpp"
#include "net/host_port.hpp"
#include "storage/access/sessions.hpp"
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

using namespace std::chrono_literals;

constexpr duration session_length = 12h;

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
  return in_lower_case(host);
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

problem bad_link(std::string why) {
  return {401, "TOKEN_INVALID", "the link does not sign in", std::move(why),
          "`millrace console` makes another one"};
}

constexpr std::string_view bearer = "bearer ";

bool shows_token(const request& asked) {
  const auto said = asked.header("authorization");
  return said.size() > bearer.size() &&
         std::equal(bearer.begin(), bearer.end(), said.begin(),
                    [](char known, char c) { return known == ascii_lower(c); });
}

std::string_view token_in(const request& asked) {
  if (asked.header("authorization").empty())
    throw unauthorised("it has no Authorization header");
  if (!shows_token(asked))
    throw unauthorised("its Authorization is no Bearer token");
  return asked.header("authorization").substr(bearer.size());
}

/// Whether its session says who asks: it has one and shows no token. Throws problem where a page
/// that is not the server's own wants to change something.
bool uses_session(const request& asked) {
  if (shows_token(asked) || session_in(asked).empty())
    return false;
  if (!is_from_own_page(asked))
    throw problem{
        403, "ORIGIN_REFUSED", "the request was not taken",
        fmt::format("it uses a session of the console, and {} is no page of {}",
                    asked.header("origin").empty() ? "what sends it" : asked.header("origin"),
                    asked.header("host")),
        "send a token; a proxy before the server must pass the header Host on"};
  return true;
}

}  // namespace

access_check::access_check(access_settings settings, storage::connection_pool& connections,
                           const millrace::clock& time)
    : settings_(std::move(settings)),
      owner_(settings_.owner_token.empty()
                 ? std::nullopt
                 : std::optional{storage::digest_of(settings_.owner_token)}),
      connections_(connections),
      time_(time) {}

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

bool access_check::is_owner(const request& asked, const storage::token_digest& token) const {
  return owner_ && is_on_this_machine(asked.peer) && is_same(token.hex, owner_->hex);
}

std::optional<storage::access_token> access_check::find_holder(const request& asked,
                                                               const storage::token_digest& token,
                                                               bool needs_no_database) {
  if (is_owner(asked, token))
    return storage::access_token{.name = std::string{storage::owner_name},
                                 .role = storage::access_role::admin};
  const auto now = time_.now();
  try {
    auto found = connections_.with_connection(
        "cannot look up the token", [&](auto& on) { return storage::find_token(on, token, now); });
    if (needs_no_database)
      recent_.note(token, found, now);
    return found;
  } catch (const storage::error&) {
    if (auto known = needs_no_database ? recent_.find(token, now) : std::nullopt)
      return known;
    throw;
  }
}

std::optional<storage::access_token> access_check::find_session_holder(const request& asked) {
  const auto digest = connections_.with_connection("cannot look up the session", [&](auto& on) {
    return storage::find_session(on, session_in(asked), time_.now());
  });
  return digest ? find_holder(asked, *digest) : std::nullopt;
}

void access_check::refuse(const request& asked, problem otherwise) {
  const auto now = login_limiter::clock::now();
  const auto address = address_of(asked.peer);
  if (const auto wait = logins_.must_wait(address, now); wait.count() > 0)
    throw problem{429, "TOO_MANY_FAILURES", "the request was not taken",
                  "too many wrong tokens came from this address", "wait, and use the right one"}
        .with("Retry-After", fmt::to_string(wait.count()));
  logins_.failed(address, now);
  throw otherwise;
}

void access_check::check_token_is_shown(const request& asked, const route& wanted) {
  if (wanted.is_open || uses_session(asked))
    return;
  token_in(asked);
}

storage::access_token access_check::authenticate(const request& asked, const route& wanted) {
  if (wanted.is_open)
    return {};
  const bool in_session = uses_session(asked);
  auto holder = in_session ? find_session_holder(asked)
                           : find_holder(asked, storage::digest_of(token_in(asked)),
                                         wanted.needs_no_database);
  // A session that has ended is no attempt to guess one.
  if (!holder && in_session)
    throw problem{401, "TOKEN_INVALID", "the session has ended",
                  "it is over, or its token was revoked or has expired", "sign in again"};
  if (!holder)
    refuse(asked, unauthorised("its token is unknown, revoked or expired"));
  if (holder->role < wanted.role)
    throw problem{403, "ROLE_TOO_LOW", "the token does not reach that far",
                  fmt::format("its role is {}, and this needs {}", to_string(holder->role),
                              to_string(wanted.role)),
                  "use a token of that role"};
  return *std::move(holder);
}

access_check::signed_in access_check::sign_in_by_token(const request& asked,
                                                       std::string_view secret) {
  const auto token = storage::digest_of(secret);
  auto holder = find_holder(asked, token);
  if (!holder)
    refuse(asked, unauthorised("the token is unknown, revoked or expired"));
  const auto now = time_.now();
  const auto session = connections_.with_connection("cannot open a session", [&](auto& on) {
    return storage::open_session(on, token, now + session_length, now);
  });
  return {session_cookie(asked, session, session_length), *std::move(holder)};
}

access_check::signed_in access_check::sign_in_by_link(const request& asked,
                                                      std::string_view secret) {
  const auto now = time_.now();
  const auto digest = connections_.with_connection("cannot look up the link", [&](auto& on) {
    return storage::find_sign_in_link(on, secret, now);
  });
  if (!digest)
    refuse(asked, bad_link("it is unknown, was used or is too old"));
  auto holder = find_holder(asked, *digest);
  if (!holder)
    throw bad_link("its token has gone, or is for the machine of the server only");
  const auto session = connections_.with_connection("cannot use the link", [&](auto& on) {
    return storage::use_sign_in_link(on, secret, now + session_length, now);
  });
  if (!session)
    throw bad_link("it was used a moment ago");
  return {session_cookie(asked, *session, session_length), *std::move(holder)};
}

std::string access_check::sign_out(const request& asked) {
  if (const auto secret = session_in(asked); !secret.empty())
    connections_.with_connection("cannot end the session", [&](auto& on) {
      storage::end_session(on, secret);
      return true;
    });
  return session_cookie(asked, "", duration{0});
}

}  // namespace millrace::app::api
