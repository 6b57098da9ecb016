#include "net/tls/tls_context.hpp"

#include "base/check.hpp"
#include "net/tls/tls_stream.hpp"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace millrace::net {
namespace {

/// For the certificates of the other side.
constexpr long chain_size_limit = 32'768;

/// Of TLS 1.2: those with forward secrecy that authenticate what they encrypt.
constexpr auto web_ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// A client that offers only other protocols (ALPN) is refused: it would take our words for theirs.
int select_http(SSL*, const unsigned char** chosen, unsigned char* size,
                const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> http{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int answer =
      SSL_select_next_proto(&found, size, http.data(), http.size(), offered, offered_size);
  *chosen = found;
  return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void require(bool succeeded, const tls_files& files) {
  if (!succeeded)
    throw tls_error{"cannot set up TLS", files.certificate.string() + ": " + openssl_reason(),
                    "make others with `millrace certs`"};
}

}  // namespace

tls_context tls_context::server(const tls_files& files) { return make(files, tls_side::server); }

tls_context tls_context::client(const tls_files& files) { return make(files, tls_side::client); }

tls_context::handle tls_context::make_context(const tls_files& files, const tls_identity& own,
                                              tls_side side) {
  handle made{SSL_CTX_new(side == tls_side::server ? TLS_server_method() : TLS_client_method())};
  auto* context = made.get();
  require(context != nullptr, files);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context, chain_size_limit);
  require(SSL_CTX_use_certificate(context, own.certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, own.key.get()) == 1,
          files);
  for (const auto& one : own.between)
    require(SSL_CTX_add1_chain_cert(context, one.get()) == 1, files);
  return made;
}

tls_context tls_context::make(const tls_files& files, tls_side side) {
  const auto own = load_identity(files, side);
  auto made = make_context(files, own, side);
  auto* context = made.get();
  require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1, files);
  // Every connection shows its certificate again: a ticket would let an expired one come back.
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  require(SSL_CTX_set_num_tickets(context, 0) == 1, files);
  SSL_CTX_set1_cert_store(context, own.authorities.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {std::move(made), side};
}

tls_context tls_context::web_server(const tls_files& files) {
  const auto own = load_web_identity(files);
  auto made = make_context(files, own, tls_side::server);
  auto* context = made.get();
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
              SSL_CTX_set_cipher_list(context, web_ciphers) == 1,
          files);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_alpn_select_cb(context, select_http, nullptr);
  return {std::move(made), tls_side::server};
}

std::unique_ptr<stream> tls_context::wrap(unique_fd connection) const {
  return make_tls_stream(*context_, side_, std::move(connection));
}

}  // namespace millrace::net
