#include "storage/db/secret_file.hpp"

#include "base/os/unique_fd.hpp"
#include "base/random_hex.hpp"
#include "storage/db/error.hpp"
#include "storage/db/files.hpp"
#include "storage/db/temporary_file.hpp"
#include "storage/db/translate_errors.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace millrace::storage {
namespace {

constexpr std::size_t secret_size = 64;

void make(const secret_file& of) {
  const auto secret = guarded(of.doing, [] { return random_hex(secret_size / 2); });
  make_private_folders(of.path.parent_path());
  temporary_file file{of.path, std::string{of.doing}};
  file.write(secret);
  file.become_target();
  sync_folder(of.path.parent_path());
}

/// Root works with the files of a service whose folder it is.
bool belongs_to_this_user(const secret_file& of, const struct stat& about) {
  if (about.st_uid == ::geteuid() || about.st_uid == 0)
    return true;
  struct stat folder {};
  return ::geteuid() == 0 && ::stat(of.path.parent_path().c_str(), &folder) == 0 &&
         folder.st_uid == about.st_uid;
}

error refuse(const secret_file& of, std::string_view why) {
  return {error_kind::permanent, std::string{of.doing},
          fmt::format("{} is {}", of.path.string(), why), std::string{of.next}};
}

}  // namespace

std::string read_secret_file(const secret_file& of) {
  const unique_fd fd{::open(of.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd)
    return {};
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0)
    throw file_error(of.doing, of.path, errno);
  if ((about.st_mode & 077) != 0 || !belongs_to_this_user(of, about))
    throw refuse(of, "not this user's alone");
  std::string secret(secret_size, '\0');
  if (::read(fd.get(), secret.data(), secret.size()) != static_cast<ssize_t>(secret.size()) ||
      secret.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw refuse(of, "no key");
  return secret;
}

std::string read_or_make_secret_file(const secret_file& of) {
  auto secret = read_secret_file(of);
  if (secret.empty() && errno == ENOENT) {
    make(of);
    // Another process may have made it at this moment: what stands there counts.
    secret = read_secret_file(of);
  }
  if (secret.empty())
    throw file_error(of.doing, of.path, errno);
  return secret;
}

}  // namespace millrace::storage
