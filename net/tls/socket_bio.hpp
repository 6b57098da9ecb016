#pragma once

#include "net/tls/openssl.hpp"

namespace millrace::net {

/// What the socket below a BIO came to.
struct socket_end {
  int fd = -1;
  /// The other side no longer sends.
  bool has_ended = false;
  /// errno of the last call that failed; 0 while none has.
  int failure = 0;
};

/// OpenSSL's way to a socket that never blocks. Unlike its own, it raises no SIGPIPE when the other
/// side has gone. `over` must outlive it.
bio_handle make_socket_bio(socket_end& over);

}  // namespace millrace::net
