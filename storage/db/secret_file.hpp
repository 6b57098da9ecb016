#pragma once

#include <filesystem>
#include <string>
#include <string_view>

/// Files with a secret of 256 random bits in hexadecimal, for this user alone.
namespace millrace::storage {

/// What the errors say of it.
struct secret_file {
  std::filesystem::path path;
  /// What is being done: "cannot use the key of submitted files".
  std::string_view doing;
  /// What to do where the file is another user's, or holds something else.
  std::string_view next;
};

/// Its 64 digits; empty, and errno says why, where it cannot be opened. Throws storage::error for a
/// file that others can read, or that holds something else.
std::string read_secret_file(const secret_file& of);

/// The same; the file is made, with mode 0600, where there is none. Throws storage::error.
std::string read_or_make_secret_file(const secret_file& of);

}  // namespace millrace::storage
