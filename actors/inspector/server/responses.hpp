#pragma once

#include "base/os/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {

/// Lines for guests of the gate, on their way from the threads that answer to the one that sends.
class outbox {
 public:
  struct line {
    std::uint64_t guest = 0;
    std::string text;
  };

  outbox();

  /// From any thread.
  void put(std::uint64_t guest, std::string text);
  /// Makes fd() readable.
  void wake();

  /// Readable when take() may have something.
  int fd() const { return bell_.get(); }
  std::vector<line> take();

 private:
  unique_fd bell_;
  std::mutex mutex_;
  std::vector<line> lines_;
};

/// The way back of one question. Answers once: by its end at the latest, with the failure that the
/// inspector is gone. From any thread; the gate may be gone by then.
class reply {
 public:
  reply(std::shared_ptr<outbox> to, std::uint64_t guest) : to_(std::move(to)), guest_(guest) {}
  ~reply();
  reply(const reply&) = delete;
  reply& operator=(const reply&) = delete;

  void give(std::string line);

 private:
  const std::shared_ptr<outbox> to_;
  const std::uint64_t guest_;
  bool given_ = false;
};

}  // namespace millrace::actors
