#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The first line that each side of a connection to an inspector says:
/// `millrace inspector PROTOCOL VERSION`, where VERSION is that of the binary.
namespace millrace::actors {

struct greeting {
  int protocol = 0;
  std::string version;
};

/// With its newline, a greeting is no longer.
inline constexpr std::size_t greeting_limit = 64;

std::string render(const greeting& what);

/// The greeting in a line without its newline; nothing when the line is not a greeting.
std::optional<greeting> parse_greeting(std::string_view line);

/// Whether the bytes can be how a greeting begins.
bool may_be_greeting(std::string_view bytes);

}  // namespace millrace::actors
