#include "storage/blob_store.hpp"

#include "pipeline/check.hpp"
#include "storage/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <random>

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

/// Tells this process from every other that may use the folder; on other machines there are
/// processes of the same id.
std::uint64_t process_name() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

/// A file under a name of its own in the folder of the blob, gone again unless it was renamed.
class temporary_file {
 public:
  explicit temporary_file(const std::filesystem::path& for_blob) {
    static const auto process = process_name();
    static std::atomic<unsigned> counter{0};
    path_ = for_blob.parent_path() /
            fmt::format(".{}.{:016x}-{}.tmp", for_blob.filename().string(), process, ++counter);
    fd_ = unique_fd{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!fd_)
      throw file_error(writing, path_, errno);
  }
  ~temporary_file() {
    if (!renamed_)
      ::unlink(path_.c_str());
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        throw file_error(writing, path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(fd_.get()) != 0)
      throw file_error(writing, path_, errno);
  }

  void rename_to(const std::filesystem::path& blob) {
    if (::rename(path_.c_str(), blob.c_str()) != 0)
      throw file_error(writing, blob, errno);
    renamed_ = true;
  }

 private:
  std::filesystem::path path_;
  unique_fd fd_;
  bool renamed_ = false;
};

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
  temporary_file file{blob};
  file.write(bytes);
  file.rename_to(blob);
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
