#pragma once

#include <string>
#include <string_view>

/// What is secret in a text that is shown to people: in `millrace config`, an error, a log, an
/// event.
namespace millrace {

/// What stands in the place of a secret.
inline constexpr std::string_view hidden = "...";

/// Whether the name of a parameter says that its value is a secret: token, key, password and the
/// like. Rather once too often.
bool names_secret(std::string_view name);

/// The text without the secrets in it: what stands before the last `@` of a URL, and the values of
/// NAME=VALUE whose names say so.
std::string without_secrets(std::string_view text);

}  // namespace millrace
