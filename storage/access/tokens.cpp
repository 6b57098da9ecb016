#include "storage/access/tokens.hpp"

#include "base/digest.hpp"
#include "base/random_hex.hpp"
#include "storage/history/order_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::storage {
namespace {

/// The columns of find_token.sql and list_tokens.sql.
auto& prepared_tokens(connection& on, std::string_view name) {
  return on.prepared<std::string, std::string, std::string, std::string, std::string, std::int64_t,
                     std::string, std::int64_t>(name);
}

template <class Statement>
std::vector<access_token> read_tokens(Statement& rows) {
  std::vector<access_token> found;
  rows.each([&](const std::string& name, const std::string& role, const std::string& owner,
                const std::string& tenant, const std::string& pipeline, std::int64_t created_at,
                const std::string& created_by, std::int64_t expires_at) {
    access_token one{.name = name,
                     .role = parse_access_role(role).value(),
                     .owner = owner,
                     .tenant = tenant,
                     .pipeline = pipeline,
                     .created_at = from_us(created_at),
                     .created_by = created_by,
                     .expires_at = {}};
    if (expires_at != 0)
      one.expires_at = from_us(expires_at);
    found.push_back(std::move(one));
  });
  return found;
}

}  // namespace

std::string_view to_string(access_role role) {
  static constexpr std::array<std::string_view, all_access_roles.size()> names{
      "viewer", "submitter", "operator", "admin"};
  return names.at(static_cast<std::size_t>(role));
}

std::optional<access_role> parse_access_role(std::string_view text) {
  for (const auto role : all_access_roles)
    if (to_string(role) == text)
      return role;
  return std::nullopt;
}

std::string make_token_secret() {
  return guarded("cannot make a token", [] { return "mr_" + random_hex(32); });
}

bool add_token(connection& on, const access_token& token, std::string_view secret) {
  return guarded("cannot create the token", [&] {
    if (token.name == owner_name)
      return false;
    transaction tx{on};
    const bool is_new = on.prepared<>("add_token")
                            .with("name", token.name)
                            .with("hash", digest_of(secret).hex)
                            .with("role", to_string(token.role))
                            .with("owner", token.owner)
                            .with("tenant", token.tenant)
                            .with("pipeline", token.pipeline)
                            .with("now", to_us(token.created_at))
                            .with("by", token.created_by)
                            .with("expires", token.expires_at ? to_us(*token.expires_at) : 0)
                            .run() == 1;
    if (is_new)
      record_order(on,
                   fmt::format("the token {} ({}) is made by {}", token.name, to_string(token.role),
                               token.created_by),
                   token.created_at);
    tx.commit();
    return is_new;
  });
}

token_digest digest_of(std::string_view secret) { return {sha256_hex(secret)}; }

std::optional<access_token> find_token(connection& on, const token_digest& digest, time_point now) {
  return guarded("cannot look up the token", [&]() -> std::optional<access_token> {
    auto found = read_tokens(
        prepared_tokens(on, "find_token").with("hash", digest.hex).with("now", to_us(now)));
    if (found.empty())
      return std::nullopt;
    return std::move(found.front());
  });
}

std::optional<token_digest> find_token_digest(connection& on, const std::string& name,
                                              time_point now) {
  return guarded("cannot look up the token", [&]() -> std::optional<token_digest> {
    const auto found = on.prepared<std::string>("find_token_hash")
                           .with("name", name)
                           .with("now", to_us(now))
                           .first();
    return found ? std::optional{token_digest{std::get<0>(*found)}} : std::nullopt;
  });
}

std::vector<access_token> list_tokens(connection& on) {
  return guarded("cannot list tokens",
                 [&] { return read_tokens(prepared_tokens(on, "list_tokens")); });
}

bool revoke_token(connection& on, const std::string& name, const std::string& by, time_point now) {
  return guarded("cannot revoke the token", [&] {
    transaction tx{on};
    const bool was_there = on.prepared<>("revoke_token").with("name", name).run() == 1;
    if (was_there)
      record_order(on, fmt::format("the token {} is revoked by {}", name, by), now);
    tx.commit();
    return was_there;
  });
}

}  // namespace millrace::storage
