#pragma once

#include <filesystem>
#include <string>

namespace millrace::app::api {

/// Where the owner's token of a data directory is: an administrator's, for this machine only, for
/// whoever can read the file (mode 0600).
std::filesystem::path owner_token_file(const std::filesystem::path& data_dir);

/// The token; made if there is none. Throws storage::error.
std::string owner_token(const std::filesystem::path& data_dir);

}  // namespace millrace::app::api
