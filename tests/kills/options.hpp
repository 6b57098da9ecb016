#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace millrace::killtest {

/// What the command line asks for.
struct options {
  /// "sqlite", or "postgres" for a server of its own.
  std::string database = "sqlite";
  /// Processes that SIGKILL ends in the course of it; with `network`, runtimes that are lost.
  int kills = 20;
  std::uint64_t seed = 1;
  /// How many runtimes work at once; only PostgreSQL takes more than one.
  int runtimes = 1;
  /// The database stands on a disk that is filled now and then.
  bool small_disk = false;
  /// The runtimes reach PostgreSQL over networks of their own, and are cut off.
  bool network = false;
  /// With `network`: what is late is wrong. For a machine that does nothing else.
  bool on_time = false;
};

/// Those of this process.
inline options chosen;

/// Something that the test needs is not on this machine, and why: it is skipped.
class not_here {
 public:
  explicit not_here(std::string why) : why_{std::move(why)} {}
  const std::string& why() const { return why_; }

 private:
  std::string why_;
};

}  // namespace millrace::killtest
