#include "storage/blob_store.hpp"

#include "pipeline/check.hpp"
#include "storage/files.hpp"
#include "storage/temporary_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace millrace::storage {
namespace {

constexpr std::string_view scheme = "storage://";
constexpr auto writing = "cannot store a file";
constexpr auto reading = "cannot read a stored file";

/// Whether the path stays below the folder that it is relative to, and names a file there.
bool stays_inside(std::string_view path) {
  if (path.find('\0') != std::string_view::npos)
    return false;
  for (;;) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return false;
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string blob_store::path(const std::string& uri) {
  MILLRACE_CHECK(uri.starts_with(scheme));
  const auto relative = std::string_view{uri}.substr(scheme.size());
  MILLRACE_CHECK(stays_inside(relative));
  return (root_ / relative).string();
}

void blob_store::put(const std::string& uri, std::string_view bytes) {
  const std::filesystem::path blob = path(uri);
  make_private_folders(blob.parent_path());
  temporary_file file{blob, writing};
  file.write(bytes);
  file.replace_target();
  sync_folder(blob.parent_path());
}

std::optional<std::string> blob_store::get(const std::string& uri) {
  const std::filesystem::path blob = path(uri);
  const unique_fd fd{::open(blob.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && (errno == ENOENT || errno == ENOTDIR))
    return std::nullopt;
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0)
    throw file_error(reading, blob, errno);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto got = ::read(fd.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      throw file_error(reading, blob, got < 0 ? errno : EIO);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace millrace::storage
