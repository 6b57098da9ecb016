#pragma once

#include "base/os/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {

/// Lines for sessions of the server, on their way from the threads that answer to the one that
/// sends.
class response_queue {
 public:
  struct line {
    std::uint64_t session = 0;
    std::string text;
  };

  response_queue();

  /// From any thread.
  void put(std::uint64_t session, std::string text);
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

/// The way back of one request. Answers once: by its end at the latest, with the failure that the
/// inspector is gone. From any thread; the server may be gone by then.
class response_handle {
 public:
  response_handle(std::shared_ptr<response_queue> to, std::uint64_t session)
      : to_(std::move(to)), session_(session) {}
  ~response_handle();
  response_handle(const response_handle&) = delete;
  response_handle& operator=(const response_handle&) = delete;

  void send(std::string line);

 private:
  const std::shared_ptr<response_queue> to_;
  const std::uint64_t session_;
  bool given_ = false;
};

}  // namespace millrace::actors
