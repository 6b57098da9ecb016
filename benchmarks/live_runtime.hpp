#pragma once

#include "benchmarks/workload.hpp"

#include <exception>
#include <thread>

namespace millrace::benchmarks {

/// A runtime that serves in the background, until this object goes. The process must be inside
/// main() with SIGTERM blocked (see block_stop_signals()).
class live_runtime {
 public:
  live_runtime(const actors::runtime_settings& settings, actors::runtime_parts parts);
  ~live_runtime();
  live_runtime(const live_runtime&) = delete;
  live_runtime& operator=(const live_runtime&) = delete;

 private:
  std::thread thread_;
};

/// So that a signal reaches the runtime and does not end the process. To be called before any
/// thread is started.
void block_stop_signals();

}  // namespace millrace::benchmarks
