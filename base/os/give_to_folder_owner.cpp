#include "base/os/give_to_folder_owner.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace millrace {

void give_to_folder_owner(int made, const std::filesystem::path& path) {
  if (::geteuid() != 0)
    return;
  const auto folder = path.parent_path();
  struct stat about {};
  if (::stat(folder.empty() ? "." : folder.c_str(), &about) != 0 || about.st_uid == 0)
    return;
  // Where it cannot be given, as on some network file systems, it stays root's.
  [[maybe_unused]] const auto ignored = ::fchown(made, about.st_uid, about.st_gid);
}

}  // namespace millrace
