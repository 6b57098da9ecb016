#pragma once

#include "storage/db/database.hpp"

#include <string>

namespace millrace::storage {

/// Which server it is, and which of its histories; of SQLite, which file. It changes when another
/// server or file took its place, or when the same server was set back to an earlier time: then
/// commits may be lost. Empty where this role may not ask.
std::string server_identity(connection& on, const database_settings& opened_with);

}  // namespace millrace::storage
