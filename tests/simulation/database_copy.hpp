#pragma once

#include <filesystem>

namespace millrace::simulation {

/// A copy of a database, as a standby or a backup is one; put back, it takes the place of the
/// database under every connection that has it open.
class database_copy {
 public:
  /// The copy is a file beside the database, and takes the place of an earlier one.
  explicit database_copy(const std::filesystem::path& of);

  /// False when a runtime writes just now.
  bool put_back() const;

 private:
  std::filesystem::path of_;
  std::filesystem::path kept_;
};

}  // namespace millrace::simulation
