#include "net/tls/tls_context.hpp"

#include "base/check.hpp"
#include "net/tls/tls_stream.hpp"

#include <openssl/err.h>

#include <utility>

namespace millrace::net {
namespace {

/// For the certificates of the other side.
constexpr long chain_size_limit = 32'768;

void require(bool succeeded, const tls_files& files) {
  if (!succeeded)
    throw tls_error{"cannot set up TLS", files.certificate.string() + ": " + openssl_reason(),
                    "make others with `millrace certs`"};
}

}  // namespace

tls_context tls_context::server(const tls_files& files) { return make(files, tls_side::server); }

tls_context tls_context::client(const tls_files& files) { return make(files, tls_side::client); }

tls_context tls_context::make(const tls_files& files, tls_side side) {
  const auto own = load_identity(files, side);
  handle made{SSL_CTX_new(side == tls_side::server ? TLS_server_method() : TLS_client_method())};
  auto* context = made.get();
  require(context != nullptr && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, files);
  // Every connection shows its certificate again: a ticket would let an expired one come back.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(context, 0) == 1, files);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context, chain_size_limit);
  require(SSL_CTX_use_certificate(context, own.certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, own.key.get()) == 1,
          files);
  for (const auto& one : own.between)
    require(SSL_CTX_add1_chain_cert(context, one.get()) == 1, files);
  SSL_CTX_set1_cert_store(context, own.authorities.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {std::move(made), side};
}

std::unique_ptr<stream> tls_context::wrap(unique_fd connection) const {
  return make_tls_stream(*context_, side_, std::move(connection));
}

}  // namespace millrace::net
