#pragma once

#include "net/byte_stream.hpp"
#include "net/tls/tls_files.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace millrace::net {

/// One side of TLS connections.
class tls_context {
 public:
  /// The sides of TLS 1.3 connections on which both show a certificate. A peer is accepted by the
  /// authority that signed its certificate and by its use, for servers or for clients; not by the
  /// name of a host, for the authority signs for nothing but this. Both throw tls_error when a file
  /// is not as load_identity() wants it.
  static tls_context server(const tls_files& files);
  static tls_context client(const tls_files& files);

  /// A server of HTTP/1.1 over TLS 1.2 or later, whose clients show no certificate. Throws
  /// tls_error when a file is not as load_web_identity() wants it.
  static tls_context web_server(const tls_files& files);

  /// The handshake happens within receive() and send(). A client may be done with it before the
  /// server has looked at its certificate: that it was refused it learns from the first receive()
  /// after. At its end, the stream tells the other side that nothing was cut off. May outlive this.
  std::unique_ptr<stream> wrap(unique_fd connection) const;

 private:
  using handle = std::unique_ptr<SSL_CTX, openssl_deleter<SSL_CTX_free>>;

  tls_context(handle context, tls_side side) : context_(std::move(context)), side_(side) {}
  static tls_context make(const tls_files& files, tls_side side);
  static handle make_context(const tls_files& files, const tls_identity& own, tls_side side);

  handle context_;
  tls_side side_;
};

}  // namespace millrace::net
