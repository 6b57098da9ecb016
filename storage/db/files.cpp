#include "storage/db/files.hpp"

#include "base/os/give_to_folder_owner.hpp"
#include "base/os/unique_fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace millrace::storage {

error file_error(std::string_view what, const std::filesystem::path& path, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return {full ? error_kind::full : error_kind::permanent, std::string{what},
          fmt::format("{}: {}", path.string(), std::generic_category().message(error_number)),
          full ? "make room on the disk, then it goes on"
               : "check that the path exists and that this user may use it"};
}

void make_private_folders(const std::filesystem::path& folder) {
  // What cannot be looked at cannot be made either, and then it is said why.
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored))
    return;
  const auto parent = folder.parent_path();
  make_private_folders(parent);
  if (::mkdir(folder.c_str(), 0700) == 0) {
    const unique_fd made{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (made)
      give_to_folder_owner(made.get(), folder);
    sync_folder(parent.empty() ? "." : parent);
  } else if (errno != EEXIST || !std::filesystem::is_directory(folder, ignored))
    throw file_error("cannot make a folder", folder, errno);
}

void sync_folder(const std::filesystem::path& folder) {
  const unique_fd fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd || ::fsync(fd.get()) != 0)
    throw file_error("cannot write a folder", folder, errno);
}

}  // namespace millrace::storage
