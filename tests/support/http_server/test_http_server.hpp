#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace millrace::tests {

/// The program tests/support/http_server in a process of its own, which does as it is told and ends
/// with this.
class test_http_server {
 public:
  test_http_server();
  ~test_http_server();
  test_http_server(const test_http_server&) = delete;
  test_http_server& operator=(const test_http_server&) = delete;

  /// The base URL of the service: "http://127.0.0.1:PORT/v1".
  std::string url() const;
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }

  /// Lines as in tests/support/http_server/behaviour.hpp.
  void tell(const std::string& lines) const;

  struct counts {
    std::int64_t requests = 0;
    std::int64_t texts = 0;
    /// The most requests at once.
    std::int64_t peak = 0;
    /// Files that came, and questions how far they are.
    std::int64_t uploads = 0;
    std::int64_t polls = 0;
  };
  counts asked() const;
  /// The last form that was uploaded.
  std::string last_upload() const;

  /// Ends the process: nothing listens on the port any more.
  void end();

 private:
  std::string control(const std::string& body, const std::string& of = {}) const;

  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace millrace::tests
