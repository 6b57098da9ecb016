#include "net/tls/tls_stream.hpp"

#include "base/check.hpp"
#include "net/tls/socket_bio.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <utility>

namespace millrace::net {
namespace {

/// What the other side says of us when it refuses.
std::string explain_alert(int alert) {
  switch (alert) {
    case SSL_AD_CERTIFICATE_EXPIRED:
      return "our certificate has expired";
    case SSL_AD_UNKNOWN_CA:
      return "our certificate is not signed by its authority";
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
      return "our certificate is made for another use";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "we showed no certificate";
    case SSL_AD_BAD_CERTIFICATE:
      return "our certificate is bad or not valid yet";
    case SSL_AD_PROTOCOL_VERSION:
      return "it speaks another version of TLS";
    default:
      return SSL_alert_desc_string_long(alert);
  }
}

class tls_stream final : public stream {
 public:
  tls_stream(SSL_CTX& context, tls_side side, unique_fd connection)
      : side_(side), connection_(std::move(connection)), socket_{.fd = connection_.get()} {
    stop_blocking(connection_.get());
    ssl_.reset(SSL_new(&context));
    MILLRACE_CHECK(ssl_ != nullptr);
    auto* both_ways = make_socket_bio(socket_).release();
    SSL_set_bio(ssl_.get(), both_ways, both_ways);
    if (side == tls_side::server)
      SSL_set_accept_state(ssl_.get());
    else
      SSL_set_connect_state(ssl_.get());
  }

  ~tls_stream() override { say_goodbye(); }

  int fd() const override { return connection_.get(); }
  std::string why_closed() const override { return why_; }

  std::string peer_name() const override {
    const certificate_handle shown{SSL_get1_peer_certificate(ssl_.get())};
    return shown ? common_name(*shown) : std::string{};
  }

  stream_result receive(std::span<char> into) override {
    MILLRACE_CHECK(!into.empty());
    if (has_ended_)
      return {0, stream_state::closed};
    const auto result = run([&](std::size_t& moved) {
      return SSL_read_ex(ssl_.get(), into.data(), into.size(), &moved);
    });
    has_ended_ = result.state == stream_state::closed;
    return result;
  }

  stream_result send(std::span<const char> what) override {
    MILLRACE_CHECK(!what.empty());
    if (has_failed_)
      return {0, stream_state::closed};
    return run([&](std::size_t& moved) {
      return SSL_write_ex(ssl_.get(), what.data(), what.size(), &moved);
    });
  }

  void end_sending() override {
    say_goodbye();
    ::shutdown(fd(), SHUT_WR);
  }

 private:
  /// Tells the other side that nothing was cut off.
  void say_goodbye() {
    if (has_failed_ || SSL_is_init_finished(ssl_.get()) == 0)
      return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

  template <class Call>
  stream_result run(Call call) {
    ERR_clear_error();
    std::size_t moved = 0;
    const int answer = call(moved);
    if (answer == 1)
      return {moved, stream_state::ready};
    switch (SSL_get_error(ssl_.get(), answer)) {
      case SSL_ERROR_WANT_READ:
        return {0, stream_state::wants_read};
      case SSL_ERROR_WANT_WRITE:
        return {0, stream_state::wants_write};
      case SSL_ERROR_ZERO_RETURN:
        why_ = closed_by_peer;
        break;
      case SSL_ERROR_SYSCALL:
        has_failed_ = true;
        why_ = explain_failure();
        break;
      default:
        has_failed_ = true;
        why_ = explain_refusal();
        has_ended_ = true;
    }
    ERR_clear_error();
    return {0, stream_state::closed};
  }

  /// A peer that refuses says so before it closes: its words may still be unread when sending
  /// fails.
  std::string explain_failure() {
    char next = 0;
    std::size_t size = 0;
    ERR_clear_error();
    const int answer = SSL_peek_ex(ssl_.get(), &next, 1, &size);
    has_ended_ = SSL_get_error(ssl_.get(), answer) == SSL_ERROR_SSL;
    return has_ended_ && is_alert(ERR_peek_error()) ? explain_refusal()
                                                    : why_failed(socket_.failure);
  }

  std::string explain_refusal() const {
    const auto code = ERR_peek_error();
    if (is_alert(code))
      return fmt::format("the other side refuses: {}",
                         explain_alert(ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET));
    switch (ERR_GET_REASON(code)) {
      case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return fmt::format(
            "the certificate of the other side is refused: {}",
            explain_verification(SSL_get_verify_result(ssl_.get()),
                                 side_ == tls_side::server ? "a client" : "a server"));
      case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return "the other side showed no certificate";
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_HTTPS_PROXY_REQUEST:
        return "the other side does not speak TLS";
      case SSL_R_UNSUPPORTED_PROTOCOL:
        return "the other side speaks another version of TLS";
      case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return closed_by_peer;
      default:
        return "TLS failed: " + openssl_reason();
    }
  }

  static bool is_alert(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
  }

  tls_side side_;
  unique_fd connection_;
  socket_end socket_;
  std::unique_ptr<SSL, openssl_deleter<SSL_free>> ssl_;
  /// Nothing more can be received.
  bool has_ended_ = false;
  /// Nothing more can be sent.
  bool has_failed_ = false;
  std::string why_;
};

}  // namespace

std::unique_ptr<stream> make_tls_stream(SSL_CTX& context, tls_side side, unique_fd connection) {
  return std::make_unique<tls_stream>(context, side, std::move(connection));
}

}  // namespace millrace::net
