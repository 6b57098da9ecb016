#include "ingest/parse/sandbox/limits.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace millrace::ingest::sandbox {
namespace {

bool limit(decltype(RLIMIT_CPU) what, rlim_t soft, rlim_t hard) {
  const rlimit both{soft, hard};
  return ::setrlimit(what, &both) == 0;
}

}  // namespace

int set_limits(const limits& to) {
  constexpr rlim_t open_files = 64;
  const bool limited =
      limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NOFILE, open_files, open_files) &&
      (to.output_bytes == 0 || limit(RLIMIT_FSIZE, to.output_bytes, to.output_bytes)) &&
      (to.cpu_seconds == 0 || limit(RLIMIT_CPU, to.cpu_seconds, to.cpu_seconds + 1)) &&
      (to.memory_bytes == 0 || limit(RLIMIT_AS, to.memory_bytes, to.memory_bytes));
  return limited ? 0 : errno;
}

int drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0 ? 0 : errno;
}

}  // namespace millrace::ingest::sandbox
