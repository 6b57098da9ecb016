#include "ingest/parse/sandbox/call_filter.hpp"

#include "base/os/unique_fd.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>

namespace millrace::ingest::sandbox {
namespace {

constexpr std::initializer_list<int> harmless = {
    // Memory.
    SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(mremap),
    SCMP_SYS(munmap),
    // Open files.
    SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
    SCMP_SYS(fadvise64), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(fstatfs), SCMP_SYS(getdents64),
    SCMP_SYS(lseek), SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(pread64), SCMP_SYS(pselect6), SCMP_SYS(pwrite64), SCMP_SYS(read), SCMP_SYS(readv),
    SCMP_SYS(select), SCMP_SYS(write), SCMP_SYS(writev),
    // Names of files.
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(getcwd), SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(stat),
    SCMP_SYS(statfs), SCMP_SYS(statx),
    // Signals and threads.
    SCMP_SYS(futex), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield), SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address),
    SCMP_SYS(sigaltstack),
    // Time, chance, and what the process is.
    SCMP_SYS(arch_prctl), SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(getcpu), SCMP_SYS(getegid), SCMP_SYS(geteuid),
    SCMP_SYS(getgid), SCMP_SYS(getpgid), SCMP_SYS(getpgrp), SCMP_SYS(getpid), SCMP_SYS(getppid),
    SCMP_SYS(getrandom), SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday), SCMP_SYS(getuid), SCMP_SYS(nanosleep), SCMP_SYS(prctl),
    SCMP_SYS(restart_syscall), SCMP_SYS(setrlimit), SCMP_SYS(sysinfo), SCMP_SYS(time),
    SCMP_SYS(times), SCMP_SYS(umask), SCMP_SYS(uname),
    // Processes: parsers have filters of their own against them.
    SCMP_SYS(execve), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(fork), SCMP_SYS(kill),
    SCMP_SYS(pidfd_open), SCMP_SYS(setpgid), SCMP_SYS(vfork), SCMP_SYS(wait4), SCMP_SYS(waitid),
    // Requests and answers; a parser has no socket.
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
    // What only takes rights away.
    SCMP_SYS(capset), SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_restrict_self), SCMP_SYS(seccomp)};

[[noreturn]] void fail(int error) {
  throw std::system_error{error, std::generic_category(), "cannot make a filter of system calls"};
}

}  // namespace

/// A filter in the making.
class filter_builder {
 public:
  explicit filter_builder(std::uint32_t otherwise)
      : made_{::seccomp_init(otherwise), ::seccomp_release} {
    if (!made_)
      fail(ENOMEM);
    // Calls of another architecture have other numbers.
    check(::seccomp_attr_set(made_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    // What is called most need not be compared with all that is not.
    check(::seccomp_attr_set(made_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));
  }

  template <class... Conditions>
  void add(std::uint32_t action, int call, Conditions... on) {
    // A call that this architecture never had has a number below zero.
    const int added =
        ::seccomp_rule_add(made_.get(), action, call, static_cast<unsigned>(sizeof...(on)), on...);
    if (added != -EDOM || call >= 0)
      check(added);
  }

  call_filter build() const {
    const unique_fd file{::memfd_create("filter", MFD_CLOEXEC)};
    if (!file)
      fail(errno);
    check(::seccomp_export_bpf(made_.get(), file.get()));
    const auto bytes = ::lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> program(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
    if (::pread(file.get(), program.data(), static_cast<std::size_t>(bytes), 0) != bytes)
      fail(EIO);
    return call_filter{std::move(program)};
  }

 private:
  static void check(int result) {
    if (result < 0)
      fail(-result);
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> made_;
};

call_filter call_filter::of_parsers() {
  filter_builder all{SCMP_ACT_ERRNO(ENOSYS)};
  for (const int call : harmless)
    all.add(SCMP_ACT_ALLOW, call);
  constexpr scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(open), SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, writes, O_RDONLY));
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(openat), SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, writes, O_RDONLY));
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), SCMP_CMP64(0, SCMP_CMP_EQ, 0));
  constexpr scmp_datum_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(clone), SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, namespaces, 0));
  // Whether it is a terminal, and how much there is to read.
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), SCMP_CMP64(1, SCMP_CMP_EQ, TCGETS));
  all.add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), SCMP_CMP64(1, SCMP_CMP_EQ, FIONREAD));
  return all.build();
}

call_filter call_filter::refusing(std::initializer_list<int> calls) {
  filter_builder all{SCMP_ACT_ALLOW};
  for (const int call : calls)
    all.add(SCMP_ACT_ERRNO(EPERM), call);
  return all.build();
}

int call_filter::install() const noexcept {
  const sock_fprog program{static_cast<unsigned short>(program_.size()),
                           const_cast<sock_filter*>(program_.data())};
  return ::prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &program) == 0 ? 0 : errno;
}

}  // namespace millrace::ingest::sandbox
