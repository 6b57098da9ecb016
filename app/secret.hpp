#pragma once

#include "app/settings/settings.hpp"

#include <string>

namespace millrace::app {

/// The secret that is there; empty where there is no place for it. `what` and the beginning of its
/// settings' names, "service.embedder.key", are for messages, which never show it. Throws
/// app::error (usage) when it cannot be read or is no single line of plain characters.
std::string read_secret(const std::string& what, const std::string& setting,
                        const secret_place& where);

}  // namespace millrace::app
