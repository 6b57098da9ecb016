// A parser that was taken over: `kind` says what it tries, the name of the file with what. It
// writes what came of it on standard output, an errno by its name or "done".

#include "base/os/spawn.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/pool/serve.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace millrace::ingest;

namespace {

std::string outcome_of(long result) {
  const char* name = result < 0 ? strerrorname_np(errno) : "done";
  return name != nullptr ? name : "unknown";
}

std::string call(long number, long a = 0, long b = 0, long c = 0, long d = 0) {
  return outcome_of(::syscall(number, a, b, c, d));
}

std::string environment() {
  std::string all;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one)
    all += *one;
  return all;
}

std::string open_descriptors() {
  std::string all;
  for (int fd = 0; fd < 1024; ++fd)
    if (::fcntl(fd, F_GETFD) >= 0)
      all += fmt::format("{} ", fd);
  return all;
}

std::string start_processes() {
  std::string all = outcome_of(::fork());
  all += " " + outcome_of(::vfork());
  all += " " + call(SYS_clone, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND);
  all += " " + call(SYS_clone3);
  const std::vector<char*> nothing{nullptr};
  all += " " + outcome_of(::execve("/proc/self/exe", nothing.data(), nothing.data()));
  return all;
}

std::string reach_others() {
  const auto parent = ::getppid();
  std::string all = outcome_of(::ptrace(PTRACE_ATTACH, parent, nullptr, nullptr));
  all += " " + call(SYS_process_vm_readv, parent);
  all += " " + outcome_of(::kill(parent, SIGKILL));
  all += " " + call(SYS_tgkill, parent, parent, SIGKILL);
  all += " " + call(SYS_rt_sigqueueinfo, parent, SIGKILL);
  all += " " + call(SYS_pidfd_open, parent);
  const rlimit none{0, 0};
  all += " " + outcome_of(::prlimit(parent, RLIMIT_NOFILE, &none, nullptr));
  all += " " + outcome_of(::setpgid(0, 0));
  all += " " + outcome_of(::setsid());
  return all;
}

std::string call_the_kernel() {
  std::string all;
  for (const long number :
       {SYS_socket,         SYS_socketpair,  SYS_connect,      SYS_bind,
        SYS_mount,          SYS_umount2,     SYS_pivot_root,   SYS_chroot,
        SYS_unshare,        SYS_setns,       SYS_kexec_load,   SYS_bpf,
        SYS_keyctl,         SYS_add_key,     SYS_userfaultfd,  SYS_perf_event_open,
        SYS_io_uring_setup, SYS_init_module, SYS_memfd_create, SYS_openat2,
        SYS_personality,    SYS_shmget,      SYS_msgget,       SYS_mknodat,
        SYS_linkat,         SYS_unlinkat,    SYS_renameat2,    SYS_ftruncate,
        SYS_fchmod,         SYS_setuid})
    all += call(number, 1) + "\n";
  return all;
}

std::string write_file(const std::string& path) {
  std::string all = outcome_of(::open(path.c_str(), O_WRONLY | O_CREAT, 0600));
  all += " " + outcome_of(::open(path.c_str(), O_RDWR));
  all += " " + outcome_of(::open(path.c_str(), O_RDONLY | O_CREAT, 0600));
  all += " " + outcome_of(::open(path.c_str(), O_RDONLY | O_TRUNC));
  all +=
      " " + outcome_of(::open(path.substr(0, path.rfind('/')).c_str(), O_TMPFILE | O_RDWR, 0600));
  return all;
}

std::string raise_limits() {
  const rlimit more{1000, 1000};
  std::string all;
  for (const auto what : {RLIMIT_CORE, RLIMIT_NOFILE})
    all += outcome_of(::setrlimit(what, &more)) + " ";
  return all;
}

[[noreturn]] void compute() {
  volatile unsigned steps = 0;
  for (;;)
    steps = steps + 1;
}

[[noreturn]] void write_without_end(int to) {
  const std::string much(1 << 16, 'x');
  for (;;)
    if (::write(to, much.data(), much.size()) < 0 && errno != EAGAIN)
      std::_Exit(0);
}

std::string flood_errors() {
  const std::string much(1 << 16, 'x');
  for (int i = 0; i < 1000; ++i)
    if (::write(STDERR_FILENO, much.data(), much.size()) < 0 && errno != EAGAIN)
      return outcome_of(-1);
  return "done";
}

[[noreturn]] void wait_for_ever() {
  for (;;)
    ::poll(nullptr, 0, -1);
}

/// A tool that goes on when the parser has ended.
std::string leave_a_tool() {
  const millrace::unique_fd in{::dup(STDIN_FILENO)};
  const millrace::unique_fd err{::dup(STDERR_FILENO)};
  const auto started =
      millrace::os::spawn({{"/usr/bin/sleep", "1000"}, std::vector<std::string>{}}, in, err, err);
  return fmt::format("{}", started.pid);
}

int attempt(const pool::request& what, const sandbox::parser_sandbox& in) {
  const std::map<std::string, std::function<std::string()>> before{{"leave a tool", leave_a_tool}};
  const std::map<std::string, std::function<std::string()>> attempts{
      {"environment", environment},
      {"descriptors", open_descriptors},
      {"processes", start_processes},
      {"others", reach_others},
      {"kernel", call_the_kernel},
      {"open", [&] { return outcome_of(::open(what.file_name.c_str(), O_RDONLY)); }},
      {"write", [&] { return write_file(what.file_name); }},
      {"privileges", [] { return fmt::format("{}", ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)); }},
      {"limits", raise_limits},
      {"flood errors", flood_errors},
      {"pid", [] { return fmt::format("{}", ::getpid()); }},
      {"compute", []() -> std::string { compute(); }},
      {"write without end", []() -> std::string { write_without_end(STDOUT_FILENO); }},
      {"wait", []() -> std::string { wait_for_ever(); }},
      {"abort", []() -> std::string { std::abort(); }},
      {"memory", [] { return fmt::format("{}", std::string(std::size_t{1} << 40, 'x').size()); }}};
  std::string said;
  if (const auto first = before.find(what.kind); first != before.end())
    said = first->second();
  if (in.refuse_processes() != 0 || in.refuse_programs() != 0)
    return parser_exit::cannot_start;
  if (const auto one = attempts.find(what.kind); one != attempts.end())
    said = one->second();
  return ::write(STDOUT_FILENO, said.data(), said.size()) == static_cast<ssize_t>(said.size())
             ? parser_exit::ok
             : parser_exit::unreadable;
}

}  // namespace

int main() {
  return pool::serve({[](const std::string&) {
                        return sandbox::readable_files{
                            {"/etc/ld.so.cache"},
                            {"/usr/bin", "/usr/lib", "/usr/lib64", "/lib", "/lib64"}};
                      },
                      attempt});
}
