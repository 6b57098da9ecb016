#pragma once

#include "base/os/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::net {

/// An address of TCP: `HOST:PORT`, or `[IPV6]:PORT`.
struct host_port {
  std::string host;
  std::uint16_t port = 0;
};

/// Nothing when the text is not HOST:PORT; port 0 is not allowed.
std::optional<host_port> parse_host_port(std::string_view text);
std::string to_string(const host_port& where);

/// A socket that listens there, and accepts without blocking. Throws millrace::error, which names
/// whose port it is and the setting that says where.
unique_fd listen_at(const host_port& where, std::string_view whose = "the inspector's",
                    std::string_view setting = "inspector.listen");

/// A non-blocking connection to the listener at that place. Tries every address of the host. Throws
/// millrace::error.
unique_fd connect_to(const host_port& where, std::chrono::milliseconds patience);

}  // namespace millrace::net
