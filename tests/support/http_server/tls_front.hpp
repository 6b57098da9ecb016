#pragma once

#include "base/os/subprocess.hpp"
#include "net/tls/tls_files.hpp"
#include "tests/support/loopback.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <thread>

namespace millrace::tests {

/// Takes TLS connections on a port of its own and passes them on in the clear to one on this
/// machine: socat, with the certificate of a server. A client that comes too early is refused, as
/// by any service.
class tls_front {
 public:
  tls_front(std::uint16_t to, const net::tls_files& shown)
      : port_(free_port()), socat_([=, at = port_](const std::stop_token& stop) {
          os::run({.argv = {"socat",
                            fmt::format("OPENSSL-LISTEN:{},bind=127.0.0.1,reuseaddr,fork,verify=0,"
                                        "cert={},key={}",
                                        at, shown.certificate.string(), shown.key.string()),
                            fmt::format("TCP:127.0.0.1:{}", to)},
                   .time_limit = std::chrono::hours{1}},
                  stop);
        }) {}

  /// As the certificate names it, when it is for localhost.
  std::string url() const { return fmt::format("https://localhost:{}/v1", port_); }
  std::string url_by_number() const { return fmt::format("https://127.0.0.1:{}/v1", port_); }

 private:
  std::uint16_t port_;
  std::jthread socat_;
};

}  // namespace millrace::tests
