#include "tests/kills/small_disk.hpp"

#include "tests/kills/options.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace millrace::killtest {
namespace {

constexpr std::size_t wide = std::size_t{4} << 30;

void must(int result, const char* what) {
  if (result != 0)
    throw not_here{fmt::format("no small disk: {}: {}", what, std::strerror(errno))};
}

}  // namespace

small_disk::small_disk(std::filesystem::path folder) : folder_{std::move(folder)} {
  must(::unshare(CLONE_NEWNS), "unshare");
  must(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount --make-rprivate");
  std::filesystem::create_directories(folder_);
  must(::mount("millrace", folder_.c_str(), "tmpfs", 0, "mode=0755"), "mount");
  make_room();
}

small_disk::~small_disk() { ::umount2(folder_.c_str(), MNT_DETACH); }

void small_disk::fill() {
  // What is written meanwhile makes the size too small to be taken: then it is measured again.
  for (int i = 0; i < 100; ++i) {
    struct statvfs now {};
    REQUIRE(::statvfs(folder_.c_str(), &now) == 0);
    if (resize((now.f_blocks - now.f_bfree) * now.f_frsize))
      return;
  }
  FAIL("cannot fill the disk: " << std::strerror(errno));
}

void small_disk::make_room() { REQUIRE(resize(wide)); }

bool small_disk::resize(std::size_t bytes) const {
  const auto how = fmt::format("size={}", bytes);
  return ::mount("millrace", folder_.c_str(), "tmpfs", MS_REMOUNT, how.c_str()) == 0;
}

}  // namespace millrace::killtest
