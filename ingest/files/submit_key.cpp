#include "ingest/files/submit_key.hpp"

#include "storage/db/files.hpp"
#include "storage/db/temporary_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace millrace::ingest {
namespace {

constexpr auto using_key = "cannot use the key of submitted files";
constexpr std::size_t key_size = 64;

void make_key(const std::filesystem::path& path) {
  std::array<unsigned char, key_size / 2> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
    throw storage::file_error(using_key, path, errno);
  std::string key;
  for (const auto byte : random)
    fmt::format_to(std::back_inserter(key), "{:02x}", byte);
  storage::make_private_folders(path.parent_path());
  storage::temporary_file file{path, using_key};
  file.write(key);
  file.become_target();
  storage::sync_folder(path.parent_path());
}

std::filesystem::path path_of(const std::filesystem::path& blob_dir) {
  return blob_dir / "submit.key";
}

unique_fd open_key(const std::filesystem::path& path) {
  return unique_fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
}

std::string read(const unique_fd& fd, const std::filesystem::path& path) {
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0)
    throw storage::file_error(using_key, path, errno);
  if ((about.st_mode & 077) != 0 || (about.st_uid != ::geteuid() && about.st_uid != 0))
    throw storage::error{storage::error_kind::permanent, using_key,
                         fmt::format("{} is not this user's alone", path.string()),
                         "delete it: another is made, and files that wait are submitted again"};
  std::string key(key_size, '\0');
  if (::read(fd.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
    throw storage::error{storage::error_kind::permanent, using_key,
                         fmt::format("{} is no key", path.string()),
                         "delete it: another is made, and files that wait are submitted again"};
  return key;
}

}  // namespace

std::string read_submit_key(const std::filesystem::path& blob_dir) {
  const auto path = path_of(blob_dir);
  const auto fd = open_key(path);
  if (!fd)
    throw unavailable{
        using_key, fmt::format("{}: {}", path.string(), std::generic_category().message(errno)),
        "mount or restore the folder of storage.blob_dir, which `millrace submit` uses as well"};
  return read(fd, path);
}

std::string submit_key(const std::filesystem::path& blob_dir) {
  const auto path = path_of(blob_dir);
  auto fd = open_key(path);
  if (!fd && errno == ENOENT) {
    make_key(path);
    fd = open_key(path);
  }
  if (!fd)
    throw storage::file_error(using_key, path, errno);
  return read(fd, path);
}

}  // namespace millrace::ingest
