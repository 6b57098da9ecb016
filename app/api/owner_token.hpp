#pragma once

#include <filesystem>
#include <string>

namespace millrace::app::api {

/// Where the owner's token of a data directory is: an administrator's, taken from this machine
/// only, in a file of mode 0600.
std::filesystem::path owner_token_file(const std::filesystem::path& data_dir);

/// The token, which is made if the file is missing. Throws storage::error.
std::string owner_token(const std::filesystem::path& data_dir);

}  // namespace millrace::app::api
