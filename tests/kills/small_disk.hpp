#pragma once

#include <cstddef>
#include <filesystem>

namespace millrace::killtest {

/// A file system in memory over a folder, that can be full. It is seen by this process and its
/// children only, and gone with them.
class small_disk {
 public:
  /// Throws not_here where that is not permitted.
  explicit small_disk(std::filesystem::path folder);
  ~small_disk();
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  /// From now on not a page more is free.
  void fill();
  void make_room();

 private:
  bool resize(std::size_t bytes) const;

  std::filesystem::path folder_;
};

}  // namespace millrace::killtest
