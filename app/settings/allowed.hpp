#pragma once

#include <string_view>

/// Which texts several settings allow.
namespace millrace::app {

inline bool not_empty(std::string_view text) { return !text.empty(); }

/// 1 to 64 lower-case letters, digits, `_`, `-` and `.`: a name that can stand in a path.
bool is_plain_name(std::string_view text);

/// ADDRESS:PORT, or nothing.
bool is_listen_address(std::string_view text);

/// ADDRESS:PORT, or "off".
bool is_listen_address_or_off(std::string_view text);

/// An absolute path.
bool is_absolute_path(std::string_view text);

/// Of an environment variable.
bool is_variable_name(std::string_view text);

/// A name in DNS, in lower case and without a port.
bool is_host_name(std::string_view text);

/// SCHEME://HOST[:PORT] as browsers send it.
bool is_origin(std::string_view text);

}  // namespace millrace::app
