#pragma once

#include "base/os/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace millrace::ingest::sandbox {

/// The rules of Landlock for the files that a process may open; also that it makes no connection
/// over TCP, and signals and reaches by abstract sockets no process outside, where the kernel is
/// new enough. What is open already stays usable.
class file_rules {
 public:
  /// No file. Where the kernel has no Landlock, or does not allow it, `why_not()` says so.
  file_rules();

  /// 0, or an errno.
  int why_not() const { return why_not_; }
  /// What the kernel knows of Landlock: the version of its interface.
  int version() const { return version_; }

  /// Also this file, or what is below this folder, which need not be there.
  void allow_reading(const std::string& path);
  void allow_running(const std::string& path);
  /// Also the file that is open there; one without a name cannot be opened again.
  void allow_reading(int file);

  /// From now on this thread, and what it starts, opens nothing else. 0, or an errno.
  int enter() const;

 private:
  void allow(int file, std::uint64_t access);
  void allow(const std::string& path, std::uint64_t access);

  unique_fd rules_;
  int why_not_ = 0;
  int version_ = 0;
};

}  // namespace millrace::ingest::sandbox
