#include "ingest/parse/sandbox/file_rules.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace millrace::ingest::sandbox {
namespace {

/// As <linux/landlock.h> has it since version 6; that of Debian 12 ends after the first member.
struct ruleset_attributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};

constexpr std::uint64_t execute = LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read = read_file | LANDLOCK_ACCESS_FS_READ_DIR;

constexpr int newest_version = 6;

/// Everything that this version of the interface can forbid.
ruleset_attributes everything(int version) {
  constexpr auto first = [](int bits) { return (std::uint64_t{1} << bits) - 1; };
  // Version 2 brought the move between folders, 3 the truncation, 5 the ioctl of devices.
  const int file_bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  return {first(file_bits), version >= 4 ? first(2) : 0, version >= 6 ? first(2) : 0};
}

std::size_t size_for(int version) {
  return sizeof(std::uint64_t) * (version >= 6 ? 3 : version >= 4 ? 2 : 1);
}

int create_ruleset(const ruleset_attributes* attributes, std::size_t size, unsigned flags) {
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, attributes, size, flags));
}

}  // namespace

file_rules::file_rules() {
  version_ = create_ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version_ <= 0) {
    why_not_ = version_ < 0 ? errno : ENOSYS;
    return;
  }
  // Kernels with patches of their own say a version of which they do not know all.
  for (version_ = std::min(version_, newest_version); version_ > 0; --version_) {
    const auto attributes = everything(version_);
    rules_ = unique_fd{create_ruleset(&attributes, size_for(version_), 0)};
    why_not_ = rules_ ? 0 : errno;
    if (why_not_ != EINVAL && why_not_ != E2BIG)
      return;
  }
}

void file_rules::allow_reading(const std::string& path) { allow(path, read); }
void file_rules::allow_running(const std::string& path) { allow(path, read | execute); }
void file_rules::allow_reading(int file) { allow(file, read_file); }

void file_rules::allow(const std::string& path, std::uint64_t access) {
  const unique_fd file{::open(path.c_str(), O_PATH | O_CLOEXEC)};
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0)
    return;
  if (!S_ISDIR(about.st_mode))
    access &= ~std::uint64_t{LANDLOCK_ACCESS_FS_READ_DIR};
  allow(file.get(), access);
}

void file_rules::allow(int file, std::uint64_t access) {
  const landlock_path_beneath_attr rule{access, file};
  if (rules_)
    ::syscall(SYS_landlock_add_rule, rules_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int file_rules::enter() const {
  if (!rules_)
    return why_not_;
  return ::syscall(SYS_landlock_restrict_self, rules_.get(), 0) == 0 ? 0 : errno;
}

}  // namespace millrace::ingest::sandbox
