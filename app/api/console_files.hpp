#pragma once

#include "app/api/contract.hpp"

#include <optional>
#include <span>
#include <string_view>

/// The pages of the console, which are part of the binary: app/console.
namespace millrace::app::api {

struct console_file {
  /// "lib/dom.js".
  std::string_view path;
  std::string_view etag;
  std::string_view text;
};

std::span<const console_file> console_files();

/// The answer to a request for `/` or below `/console`, which needs no token; nothing for others.
std::optional<response> console_response(const request& asked);

}  // namespace millrace::app::api
