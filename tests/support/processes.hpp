#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// What the kernel says of processes.
namespace millrace::tests {

/// Whether there is such a process, and it has not ended.
inline bool is_alive(pid_t pid) {
  std::ifstream status{fmt::format("/proc/{}/status", pid)};
  const std::string text{std::istreambuf_iterator<char>{status}, {}};
  return !text.empty() && text.find("State:\tZ") == std::string::npos;
}

inline std::ptrdiff_t open_descriptors(pid_t pid = ::getpid()) {
  return std::distance(std::filesystem::directory_iterator{fmt::format("/proc/{}/fd", pid)}, {});
}

inline std::ptrdiff_t threads_of(pid_t pid = ::getpid()) {
  return std::distance(std::filesystem::directory_iterator{fmt::format("/proc/{}/task", pid)}, {});
}

}  // namespace millrace::tests
