#pragma once

#include "base/time.hpp"
#include "storage/access/tokens.hpp"
#include "storage/db/database.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Sessions of the console: a secret that stands for a token, for some hours. The database keeps
/// digests, so that all servers know them and none of them can be read back. All throw
/// storage::error.
namespace millrace::storage {

/// A secret that signs in once, until then.
std::string add_sign_in_link(connection& on, const token_digest& token, time_point until);
/// The token of the link. Nothing where it is unknown, used or too old.
std::optional<token_digest> find_sign_in_link(connection& on, std::string_view secret,
                                              time_point now);
/// Uses the link up for a session until then, and answers its secret. Nothing as above.
std::optional<std::string> use_sign_in_link(connection& on, std::string_view secret,
                                            time_point until, time_point now);

/// The secret of a new session. Forgets those that are over.
std::string open_session(connection& on, const token_digest& token, time_point until,
                         time_point now);
/// Nothing for a session that is unknown or has expired.
std::optional<token_digest> find_session(connection& on, std::string_view secret, time_point now);
void end_session(connection& on, std::string_view secret);

}  // namespace millrace::storage
