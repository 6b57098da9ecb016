#pragma once

#include <filesystem>
#include <thread>

namespace millrace::benchmarks {

/// Attaches to the runtime that uses the data directory, as soon as there is one, and asks each
/// second for what the full screen of `millrace inspect` asks; as long as it lives.
class onlooker {
 public:
  explicit onlooker(std::filesystem::path data_dir);

 private:
  std::jthread thread_;
};

}  // namespace millrace::benchmarks
