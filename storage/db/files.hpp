#pragma once

#include "storage/db/error.hpp"

#include <filesystem>
#include <string_view>

namespace millrace::storage {

/// The error for a failed system call on a path: `full` when there is no room, else `permanent`.
error file_error(std::string_view what, const std::filesystem::path& path, int error_number);

/// Makes the folder and its parents, mode 0700; one that exists stays as it is.
void make_private_folders(const std::filesystem::path& folder);

/// Makes durable which names a folder has.
void sync_folder(const std::filesystem::path& folder);

}  // namespace millrace::storage
