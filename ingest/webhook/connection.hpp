#pragma once

#include "net/byte_stream.hpp"
#include "net/http/request_parser.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace millrace::ingest {

/// A caller of the webhook_server: asks once, is answered, and leaves.
class webhook_connection {
 public:
  using clock = std::chrono::steady_clock;
  /// The whole answer to a request.
  using answerer = std::function<std::string(const net::http_reader& asked)>;

  static constexpr auto patience = std::chrono::seconds{10};

  webhook_connection(std::unique_ptr<net::stream> through, clock::time_point now)
      : through_(std::move(through)), due_(now + patience) {}

  int fd() const { return through_->fd(); }
  /// For which events to poll.
  short events() const;
  clock::time_point due() const { return due_; }

  /// Reads and writes as far as it goes. False when the caller is done with: it has been answered,
  /// has gone, or has let its time pass.
  bool go_on(clock::time_point now, const answerer& answer);

 private:
  enum class flow : std::uint8_t { goes_on, waits, ended };

  flow listen(const answerer& answer);
  flow say(clock::time_point now);
  flow drain_input();

  std::unique_ptr<net::stream> through_;
  clock::time_point due_;
  net::http_reader asked_;
  std::string to_say_;
  std::size_t told_ = 0;
  std::size_t ignored_ = 0;
  bool leaves_ = false;
};

}  // namespace millrace::ingest
