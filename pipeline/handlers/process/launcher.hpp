#pragma once

#include "base/os/spawn.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::pipeline::external {

/// Starts processes on a thread of its own, which lives as long as this: a process is killed when
/// the thread that started it ends, and the threads of handlers come and go.
class launcher {
 public:
  launcher();
  ~launcher();
  launcher(const launcher&) = delete;
  launcher& operator=(const launcher&) = delete;

  /// As os::spawn(). From any thread.
  os::spawned start(const os::program& what, const unique_fd& in, const unique_fd& out,
                    const unique_fd& err);

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::packaged_task<os::spawned()>> wanted_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace millrace::pipeline::external
