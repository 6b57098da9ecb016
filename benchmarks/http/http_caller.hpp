#pragma once

#include "base/os/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::benchmarks {

/// A client that keeps its connection to a server on this machine. Throws std::runtime_error when
/// the server closes it.
class http_caller {
 public:
  explicit http_caller(std::uint16_t port);

  /// Sends the request and waits for the whole answer, which must have the status. Answers its
  /// body.
  std::string call(std::string_view request, int status);
  void send(std::string_view text) const;

 private:
  void receive();

  unique_fd fd_;
  std::string heard_;
};

/// The request with the token of the benchmarks, and with the body if there is one.
std::string http_request(std::string_view method, std::string_view target,
                         std::string_view type = {}, std::string_view body = {});

}  // namespace millrace::benchmarks
