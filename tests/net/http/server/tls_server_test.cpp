#include "net/http/http_client.hpp"
#include "net/http/server/server.hpp"
#include "net/tls/openssl.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/test_authority.hpp"

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;

namespace {

using context_handle = std::unique_ptr<SSL_CTX, openssl_deleter<SSL_CTX_free>>;
using ssl_handle = std::unique_ptr<SSL, openssl_deleter<SSL_free>>;

/// A client of these versions that checks nothing, on a socket that blocks.
struct plain_client {
  plain_client(std::uint16_t port, int least, int most) : fd(dial(port)) {
    SSL_CTX_set_min_proto_version(context.get(), least);
    SSL_CTX_set_max_proto_version(context.get(), most);
    // The oldest versions are off otherwise.
    SSL_CTX_set_security_level(context.get(), 0);
    ssl.reset(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), fd.get());
  }

  /// What comes until the end; nothing when there is no agreement.
  std::optional<std::string> ask(
      std::string_view text, const std::function<void()>& when_sent = [] {}) const {
    if (SSL_connect(ssl.get()) != 1)
      return std::nullopt;
    SSL_write(ssl.get(), text.data(), static_cast<int>(text.size()));
    when_sent();
    std::string heard;
    std::array<char, 4096> piece{};
    for (int got = 0; (got = SSL_read(ssl.get(), piece.data(), piece.size())) > 0;)
      heard.append(piece.data(), static_cast<std::size_t>(got));
    // The server said goodbye: nothing was cut off.
    CHECK((SSL_get_shutdown(ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0);
    return heard;
  }

  context_handle context{SSL_CTX_new(TLS_client_method())};
  ssl_handle ssl;
  unique_fd fd;
};

struct tls_server {
  explicit tls_server(told_handler::handling handles = {})
      : with(std::move(handles),
             {.at = {"127.0.0.1", 0}, .tls = authority.files(certificate_use::server)}) {}

  test_authority authority;
  told_server with;
};

const std::string last_get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_CASE("a server of HTTPS speaks TLS 1.2 and 1.3, and no older one") {
  const tls_server on{[](const incoming_request& request, const response_handle& respond) {
    respond.send({.body = request.is_secure ? "secure" : "not secure"});
  }};
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto heard = plain_client{on.with.port(), version, version}.ask(last_get);
    REQUIRE(heard);
    CHECK(heard->starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(heard->ends_with("\r\n\r\nsecure"));
  }
  CHECK_FALSE(plain_client(on.with.port(), TLS1_VERSION, TLS1_1_VERSION).ask(last_get));
}

TEST_CASE("HTTPS agrees on HTTP/1.1, and on nothing else") {
  const tls_server on;
  const auto offer = [&](std::string_view protocols) {
    plain_client client{on.with.port(), TLS1_2_VERSION, TLS1_3_VERSION};
    SSL_set_alpn_protos(client.ssl.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    return client.ask(last_get).has_value();
  };
  CHECK(offer("\x02h2\x08http/1.1"));
  CHECK_FALSE(offer("\x02h2"));
}

TEST_CASE("a client of HTTPS that ends its sending is answered") {
  const tls_server on;
  const plain_client client{on.with.port(), TLS1_3_VERSION, TLS1_3_VERSION};
  const auto heard = client.ask(get, [&] { CHECK(SSL_shutdown(client.ssl.get()) == 0); });
  REQUIRE(heard);
  CHECK(heard->ends_with("\r\n\r\nGET / "));
}

TEST_CASE("a client that knows the authority trusts the server by its name") {
  const tls_server on;
  const auto url = "https://localhost:" + std::to_string(on.with.port()) + "/a";
  http_client client{{.ca_file = on.authority.write("ca.pem", on.authority.own().certificate)}};
  for (int i = 0; i < 2; ++i) {
    const auto response = client.send({.url = url, .body = "{}"}, {});
    CHECK(response.how == http_ending::answered);
    CHECK(response.body == "POST /a {}");
  }
}

TEST_CASE("large bodies go both ways over TLS") {
  const tls_server on;
  const auto url = "https://localhost:" + std::to_string(on.with.port()) + "/";
  http_client client{{.ca_file = on.authority.write("ca.pem", on.authority.own().certificate)}};
  const std::string large(10'000'000, 'x');
  CHECK(client.send({.url = url, .body = large}, {}).body == "POST / " + large);
}

TEST_CASE("what is not TLS is closed, and a silent client times out") {
  test_authority authority;
  const told_server with{{},
                         {.at = {"127.0.0.1", 0},
                          .tls = authority.files(certificate_use::server),
                          .limits = {.header_timeout = std::chrono::milliseconds{100}}}};
  http_peer plain{with.port()};
  plain.say(get);
  CHECK(plain.hear_all().find("HTTP/1.1 ") == std::string::npos);
  http_peer silent{with.port()};
  CHECK(silent.is_closed());
}

TEST_CASE("HTTPS needs no authority, but a certificate of a server that is valid") {
  test_authority authority;
  auto files = authority.files(certificate_use::server);
  files.authority.clear();
  const told_server with{{}, {.at = {"127.0.0.1", 0}, .tls = files}};
  CHECK(plain_client{with.port(), TLS1_3_VERSION, TLS1_3_VERSION}.ask(last_get));

  auto old = authority.files(certificate_use::server, long_ago);
  auto of_client = authority.files(certificate_use::client);
  for (auto* bad : {&old, &of_client}) {
    CHECK_THROWS_AS(told_server({}, {.at = {"127.0.0.1", 0}, .tls = *bad}), tls_error);
    bad->authority.clear();
    CHECK_THROWS_AS(told_server({}, {.at = {"127.0.0.1", 0}, .tls = *bad}), tls_error);
  }
}

}  // namespace
