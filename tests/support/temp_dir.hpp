#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::tests {

/// A folder of its own, gone with everything in it when the test ends.
class temp_dir {
 public:
  /// Below the folder for temporary files, or another one.
  explicit temp_dir(const std::filesystem::path& below = std::filesystem::temp_directory_path());
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file below the folder, with its folders, and answers its path.
  std::string write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

}  // namespace millrace::tests
