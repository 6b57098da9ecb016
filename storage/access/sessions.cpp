#include "storage/access/sessions.hpp"

#include "base/digest.hpp"
#include "base/random_hex.hpp"

#include <cstdint>

namespace millrace::storage {
namespace {

std::string add_console_secret(connection& on, const token_digest& token, bool is_link,
                               time_point until) {
  auto secret = random_hex(32);
  on.prepared<>("add_session")
      .with("hash", sha256_hex(secret))
      .with("token", token.hex)
      .with("is_link", is_link ? 1 : 0)
      .with("expires", to_us(until))
      .run();
  return secret;
}

/// What the statement answers for that secret.
std::optional<token_digest> find_digest(connection& on, std::string_view statement,
                                        std::string_view secret, time_point now) {
  const auto hash = sha256_hex(secret);
  const auto found =
      on.prepared<std::string>(statement).with("hash", hash).with("now", to_us(now)).first();
  return found ? std::optional{token_digest{std::get<0>(*found)}} : std::nullopt;
}

}  // namespace

std::string add_sign_in_link(connection& on, const token_digest& token, time_point until) {
  return guarded("cannot make a link to the console",
                 [&] { return add_console_secret(on, token, /*is_link=*/true, until); });
}

std::optional<token_digest> find_sign_in_link(connection& on, std::string_view secret,
                                              time_point now) {
  return guarded("cannot look up the link to the console",
                 [&] { return find_digest(on, "find_link", secret, now); });
}

std::optional<std::string> use_sign_in_link(connection& on, std::string_view secret,
                                            time_point until, time_point now) {
  return guarded("cannot use the link to the console", [&]() -> std::optional<std::string> {
    transaction tx{on};
    const auto token = find_digest(on, "take_link", secret, now);
    if (!token)
      return std::nullopt;
    auto session = add_console_secret(on, *token, /*is_link=*/false, until);
    tx.commit();
    return session;
  });
}

std::string open_session(connection& on, const token_digest& token, time_point until,
                         time_point now) {
  return guarded("cannot open a session", [&] {
    transaction tx{on};
    on.prepared<>("forget_sessions").with("now", to_us(now)).run();
    auto secret = add_console_secret(on, token, /*is_link=*/false, until);
    tx.commit();
    return secret;
  });
}

std::optional<token_digest> find_session(connection& on, std::string_view secret, time_point now) {
  return guarded("cannot look up the session",
                 [&] { return find_digest(on, "find_session", secret, now); });
}

void end_session(connection& on, std::string_view secret) {
  guarded("cannot end the session",
          [&] { on.prepared<>("end_session").with("hash", sha256_hex(secret)).run(); });
}

}  // namespace millrace::storage
