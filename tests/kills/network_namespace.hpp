#pragma once

#include "tests/app/sandbox.hpp"

#include <string>

namespace millrace::killtest {

/// A network of its own with one link to this machine: what runs in it reaches the database server,
/// and can be cut off from it as by a pulled cable.
class network_namespace {
 public:
  /// The `number` tells those of one process apart. Throws not_here where that is not permitted.
  explicit network_namespace(int number);
  ~network_namespace();
  network_namespace(const network_namespace&) = delete;
  network_namespace& operator=(const network_namespace&) = delete;

  /// The machine's address, seen from within; and that of what runs within.
  const std::string& outside() const { return outside_; }
  const std::string& inside() const { return inside_; }

  /// A command of a shell that runs `command` within, in its own place.
  std::string enter(const std::string& command) const;

  void cut() const;
  void mend() const;

 private:
  tests::finished ip(const std::string& words) const;
  void undo() const;

  tests::sandbox shell_;
  std::string name_;
  std::string link_;
  std::string outside_;
  std::string inside_;
};

}  // namespace millrace::killtest
