#pragma once

#include "storage/files.hpp"

#include <filesystem>
#include <memory>
#include <string>

/// The way in for who attaches on this machine: a Unix-domain socket that only its owner may use,
/// and on which both sides say first which protocol they speak.
namespace millrace::actors {

/// Where the socket of a data directory is.
std::filesystem::path inspector_socket(const std::filesystem::path& data_dir);

/// Listens on a socket, mode 0600, on a thread of its own. Who connects must be this user or root,
/// and must greet: `millrace inspector VERSION`. It is answered with our own greeting and, when the
/// versions are the same, its connection is passed on. Everybody else is turned away: strangers at
/// once, who says something else when he says it, who says nothing after ten seconds, or when too
/// many do. A connection that waits costs a file descriptor and nothing more.
class gate {
 public:
  /// Replaces a socket that is there already: the caller has the lock of the data directory. Throws
  /// storage::error.
  gate(const std::filesystem::path& data_dir, const std::string& version);
  /// Removes the socket and ends the thread.
  ~gate();
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  /// A pipe that yields the connections which have greeted, each as the bytes of an `int`, from now
  /// on. One that was asked for before reads as ended. Until the first, everybody is turned away.
  storage::unique_fd admissions();

 private:
  struct doorkeeper;
  std::unique_ptr<doorkeeper> doorkeeper_;
};

}  // namespace millrace::actors
