#pragma once

#include <string_view>

/// Which texts several settings allow.
namespace millrace::app {

inline bool not_empty(std::string_view text) { return !text.empty(); }

/// 1 to 64 lower-case letters, digits, `_`, `-` and `.`: a name that can stand in a path.
bool is_plain_name(std::string_view text);

/// ADDRESS:PORT, or nothing.
bool is_listen_address(std::string_view text);

}  // namespace millrace::app
