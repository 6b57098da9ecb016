#pragma once

#include "base/os/unique_fd.hpp"

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// How a process is started.
namespace millrace::os {

struct program {
  /// The program (a path, or a name that is looked up in PATH) and its arguments. No shell.
  std::vector<std::string> argv;
  /// NAME=VALUE; nothing for the environment of this process.
  std::optional<std::vector<std::string>> environment{};
  /// Called in the new process, last of all before it is the program, where only system calls are
  /// allowed: memory is still ours. With an errno for an answer the program never runs.
  std::function<int()> before_exec{};
};

struct spawned {
  /// Of the process, which leads a group of its own; -1 when it never ran.
  pid_t pid = -1;
  /// Why it never ran, an errno.
  int failure = 0;
};

/// Starts the program with these descriptors as its standard input, output and error, and no other
/// of ours, with a clean signal mask. It is killed when the thread that calls this ends, also
/// with the whole process.
spawned spawn(const program& what, const unique_fd& in, const unique_fd& out, const unique_fd& err);

/// A descriptor that becomes readable when the process ends. Throws std::system_error.
unique_fd watch_process(pid_t pid);

/// Kills what is left of the process's group, waits for the process, and answers its status as
/// waitpid(2) does.
int reap(pid_t pid);

}  // namespace millrace::os
