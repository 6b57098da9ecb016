#include "net/unix_address.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace millrace::net {

local_address::local_address(const std::filesystem::path& path) {
  std::string name = path.string();
  if (name.size() >= sizeof(address_.sun_path)) {
    const auto folder = path.parent_path();
    folder_ = unique_fd{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (!folder_)
      throw socket_error("cannot use the socket", path, errno);
    name = fmt::format("/proc/self/fd/{}/{}", folder_.get(), path.filename().string());
  }
  if (name.size() >= sizeof(address_.sun_path))
    throw socket_error("cannot use the socket", path, ENAMETOOLONG);
  address_.sun_family = AF_UNIX;
  name.copy(address_.sun_path, name.size());
}

error socket_error(std::string_view what, const std::filesystem::path& path, int error_number) {
  return {std::string{what},
          fmt::format("{}: {}", path.string(), std::generic_category().message(error_number)),
          "check that the path exists and that this user may use it"};
}

}  // namespace millrace::net
