#pragma once

#include "net/byte_stream.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::net {

/// Lines over a connection, for a caller that may block. For one thread.
class line_stream {
 public:
  using clock = std::chrono::steady_clock;
  enum class end : std::uint8_t { well, too_late, closed };

  explicit line_stream(std::unique_ptr<stream> through) : through_(std::move(through)) {}

  end send(std::string_view text, clock::time_point deadline);
  /// The next line, without its newline. One that is longer than `limit` closes the connection.
  end read(std::string& line, std::size_t limit, clock::time_point deadline);

  /// Why it is closed.
  std::string why_closed() const { return through_->why_closed(); }

 private:
  /// False when the time is over.
  bool wait_for(stream_state readiness, clock::time_point deadline) const;

  std::unique_ptr<stream> through_;
  std::string come_;
};

}  // namespace millrace::net
