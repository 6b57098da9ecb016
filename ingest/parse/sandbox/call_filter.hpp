#pragma once

#include <linux/filter.h>

#include <initializer_list>
#include <utility>
#include <vector>

namespace millrace::ingest::sandbox {

/// A filter of system calls (seccomp), made in advance: installing it takes one system call and no
/// memory, as between fork and exec. Filters add up, and stay for good.
class call_filter {
 public:
  /// Lets through what parsers, the tools of PDF and the process that forks them call, and says of
  /// everything else, known or not yet, that the kernel has no such call: a C library that tries a
  /// newer call first then takes the older one. Files are opened for reading only, the limits of
  /// other processes stay, and no new namespace is made.
  static call_filter of_parsers();
  /// Refuses these calls with EPERM, by their numbers.
  static call_filter refusing(std::initializer_list<int> calls);

  /// 0, or the errno that the kernel answers. The process needs no_new_privs before.
  int install() const noexcept;

 private:
  explicit call_filter(std::vector<sock_filter> program) : program_(std::move(program)) {}
  friend class filter_builder;

  std::vector<sock_filter> program_;
};

}  // namespace millrace::ingest::sandbox
