#pragma once

#include "base/os/unique_fd.hpp"
#include "net/http/server/engine.hpp"
#include "net/listener.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace millrace::net {

/// Takes connections in. When there are too many, or the process has no descriptor left, the one
/// that has waited longest for a request makes room.
class http_acceptor : public std::enable_shared_from_this<http_acceptor> {
 public:
  http_acceptor(std::shared_ptr<http_engine> engine, unique_fd socket);
  ~http_acceptor();
  http_acceptor(const http_acceptor&) = delete;
  http_acceptor& operator=(const http_acceptor&) = delete;

  /// Any thread may call these.
  void start();
  void stop();
  std::uint16_t port() const { return port_; }

 private:
  using clock = std::chrono::steady_clock;

  void wait();
  void accept();
  void rest();
  void let_in(unique_fd socket);
  bool make_room();

  const std::shared_ptr<http_engine> engine_;
  http_strand strand_;
  std::unique_ptr<listener> listener_;
  const std::uint16_t port_;
  /// The listener's own descriptor.
  boost::asio::posix::basic_stream_descriptor<http_strand> ready_;
  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, http_strand> timer_;
};

}  // namespace millrace::net
