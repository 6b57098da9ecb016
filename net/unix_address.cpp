#include "net/unix_address.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <string>

namespace millrace::actors {

local_address::local_address(const std::filesystem::path& path) {
  std::string name = path.string();
  if (name.size() >= sizeof(address_.sun_path)) {
    const auto folder = path.parent_path();
    folder_ = storage::unique_fd{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!folder_)
      throw storage::file_error("cannot use the socket", path, errno);
    name = fmt::format("/proc/self/fd/{}/{}", folder_.get(), path.filename().string());
  }
  if (name.size() >= sizeof(address_.sun_path))
    throw storage::file_error("cannot use the socket", path, ENAMETOOLONG);
  address_.sun_family = AF_UNIX;
  name.copy(address_.sun_path, name.size());
}

}  // namespace millrace::actors
