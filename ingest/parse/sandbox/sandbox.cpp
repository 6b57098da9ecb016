#include "ingest/parse/sandbox/sandbox.hpp"

#include "ingest/parse/sandbox/file_rules.hpp"

#include <fmt/format.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <cerrno>
#include <system_error>

namespace millrace::ingest::sandbox {
namespace {

std::string reason(int error) {
  return error == 0 ? std::string{} : std::generic_category().message(error);
}

int limit_files(const readable_files& files) {
  file_rules rules;
  for (const auto& folder : files.folders)
    rules.allow_reading(folder);
  for (const auto& folder : files.programs)
    rules.allow_running(folder);
  if (files.input >= 0)
    rules.allow_reading(files.input);
  return rules.enter();
}

}  // namespace

parser_sandbox::filters parser_sandbox::make_filters() {
  // Without signals abort() ends its process by another one, that of a wrong instruction.
  return {call_filter::of_parsers(),
          call_filter::refusing({SCMP_SYS(kill), SCMP_SYS(setpgid), SCMP_SYS(pidfd_open),
                                 SCMP_SYS(recvmsg), SCMP_SYS(sendmsg)}),
          call_filter::refusing({SCMP_SYS(clone), SCMP_SYS(fork), SCMP_SYS(vfork)}),
          call_filter::refusing({SCMP_SYS(execve)})};
}

parser_sandbox::parser_sandbox() {
  try {
    filters_ = make_filters();
  } catch (const std::system_error& bad) {
    why_no_filters_ = bad.what();
  }
}

void parser_sandbox::enter() {
  const int privileges = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
  parts_.push_back({"no new privileges", reason(privileges)});
  parts_.push_back({"no capabilities", reason(drop_capabilities())});
  if (filters_)
    if (const int refused = install(&filters::calls)) {
      why_no_filters_ = reason(refused);
      filters_.reset();
    }
  parts_.push_back({"no network and few system calls (seccomp)", why_no_filters_});
  const file_rules rules;
  // Landlock is for those who can get no new privileges.
  const int no_rules = privileges != 0 ? privileges : rules.why_not();
  limits_files_ = no_rules == 0;
  parts_.push_back({limits_files_ ? fmt::format("no files (Landlock, version {})", rules.version())
                                  : "no files (Landlock)",
                    reason(no_rules)});
}

int parser_sandbox::confine(const limits& to, const readable_files& files) const {
  if (const int error = limits_files_ ? limit_files(files) : 0)
    return error;
  if (const int error = set_limits(to))
    return error;
  return install(&filters::contacts);
}

int parser_sandbox::refuse_processes() const noexcept { return install(&filters::processes); }
int parser_sandbox::refuse_programs() const noexcept { return install(&filters::programs); }

int parser_sandbox::install(call_filter filters::*which) const noexcept {
  return filters_ ? ((*filters_).*which).install() : 0;
}

}  // namespace millrace::ingest::sandbox
