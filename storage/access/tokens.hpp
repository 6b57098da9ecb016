#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::storage {

/// What the holder of a token may do; each may do what those before it may.
enum class access_role : std::uint8_t {
  /// Sees jobs, events and the runtimes.
  viewer,
  /// Makes jobs.
  submitter,
  /// Changes jobs, stages and runtimes.
  operates,
  /// Gives and revokes tokens.
  admin,
};

inline constexpr std::array all_access_roles{access_role::viewer, access_role::submitter,
                                             access_role::operates, access_role::admin};

/// "viewer", "submitter", "operator", "admin".
std::string_view to_string(access_role role);
std::optional<access_role> parse_access_role(std::string_view text);

/// The name of the token that a runtime has in its data directory, which no other may have.
inline constexpr std::string_view owner_name = "owner";

/// A token without its secret.
struct access_token {
  std::string name;
  access_role role = access_role::viewer;
  /// Of documents, only those of this owner; of jobs, only those of this tenant and of this
  /// pipeline. Empty for all.
  std::string owner;
  std::string tenant;
  std::string pipeline;
  time_point created_at{};
  std::string created_by;
  /// Empty: it does not expire.
  std::optional<time_point> expires_at;
};

/// The SHA-256 of a token's secret, in hexadecimal digits.
struct token_digest {
  std::string hex;
  bool operator==(const token_digest&) const = default;
};
token_digest digest_of(std::string_view secret);

/// A new secret of 256 random bits: "mr_" and 64 hexadecimal digits.
std::string make_token_secret();

/// Stores the token with the SHA-256 of its secret. This order, and its revocation, is an event.
/// False where one of that name is there already, and for `owner_name`. All of these throw
/// storage::error.
bool add_token(connection& on, const access_token& token, std::string_view secret);

/// The token whose secret has that digest. Nothing for one that is unknown or has expired.
std::optional<access_token> find_token(connection& on, const token_digest& digest, time_point now);

/// The digest of the token of that name. Nothing for one that is unknown or has expired.
std::optional<token_digest> find_token_digest(connection& on, const std::string& name,
                                              time_point now);

/// By name, the expired ones too.
std::vector<access_token> list_tokens(connection& on);

/// False where there is none of that name. What it gave is over for the whole fleet at once.
bool revoke_token(connection& on, const std::string& name, const std::string& by, time_point now);

}  // namespace millrace::storage
