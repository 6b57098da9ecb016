#include "net/tls/tls_context.hpp"

#include "tests/support/conversation.hpp"
#include "tests/support/test_authority.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <optional>
#include <random>
#include <string>

namespace {

using namespace millrace;
using namespace net;
using Catch::Contains;
using tests::connected_pair;
using tests::talker;
using tests::test_authority;

/// A server and a client of one authority.
struct both_sides {
  test_authority by;
  net::tls_context server = net::tls_context::server(by.files(net::certificate_use::server));
  net::tls_context client = net::tls_context::client(by.files(net::certificate_use::client));
};

/// A server and a client at work.
struct connection {
  talker server;
  talker client;

  connection(const net::tls_context& serves, const net::tls_context& asks,
             std::pair<unique_fd, unique_fd> ends = connected_pair())
      : server{serves.wrap(std::move(ends.first))}, client{asks.wrap(std::move(ends.second))} {}

  void exchange(const std::string& greeting) {
    client.to_say = greeting;
    server.to_say = greeting;
    talk_until([&] { return server.heard == greeting && client.heard == greeting; }, client,
               server);
    server.heard.clear();
    client.heard.clear();
  }

  /// Until both are closed.
  void fail() {
    client.to_say = "hello";
    talk_until([&] { return client.is_closed() && server.is_closed(); }, client, server);
    CHECK(server.heard.empty());
  }
};

std::pair<unique_fd, unique_fd> tcp_pair() {
  const unique_fd listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  REQUIRE(bind(listener.get(), any, size) == 0);
  REQUIRE(listen(listener.get(), 1) == 0);
  REQUIRE(getsockname(listener.get(), any, &size) == 0);
  unique_fd other{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  REQUIRE(connect(other.get(), any, size) == 0);
  return {unique_fd{accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)}, std::move(other)};
}

std::string noise(std::size_t size) {
  std::mt19937 random{7};
  std::string bytes(size, '\0');
  for (auto& one : bytes)
    one = static_cast<char>(random());
  return bytes;
}

void step_until_closed(talker& one) {
  talk_until([&] { return one.is_closed(); }, one);
}

TEST_CASE("a server and a client of one authority talk, in both directions at once") {
  const both_sides both;
  connection on{both.server, both.client};
  on.exchange("hello");
  const auto big = noise(5'000'000);
  on.client.to_say = big;
  on.server.to_say = big;
  talk_until(
      [&] { return on.server.heard.size() >= big.size() && on.client.heard.size() >= big.size(); },
      on.client, on.server);
  // Not CHECK(a == b): that would print them.
  CHECK((on.server.heard == big));
  CHECK((on.client.heard == big));
}

TEST_CASE("what could not be sent is sent later, from another place and with more after it") {
  const both_sides both;
  connection on{both.server, both.client};
  on.exchange("hello");
  const auto big = noise(5'000'000);
  std::size_t sent = 0;
  for (;;) {
    const auto more = on.client.on->send(std::span{big}.subspan(sent, 5000));
    sent += more.bytes;
    if (more.state == net::stream_state::wants_write)
      break;
    REQUIRE(more.state == net::stream_state::ready);
  }
  on.client.to_say = big.substr(sent);
  talk_until([&] { return on.server.heard.size() >= big.size(); }, on.client, on.server);
  CHECK((on.server.heard == big));
}

TEST_CASE("bytes that are decrypted already come without the connection being ready") {
  const both_sides both;
  connection on{both.server, both.client};
  on.exchange("hello");
  on.client.to_say = std::string(10'000, 'x');
  on.client.step();
  std::array<char, 1> piece{};
  std::size_t got = 0;
  talk_until([&] { return on.server.on->receive(piece).state == net::stream_state::ready; },
             on.client);
  for (got = 1; on.server.on->receive(piece).state == net::stream_state::ready;)
    ++got;
  CHECK(got == 10'000);
}

TEST_CASE("streams go on when their contexts are gone") {
  std::optional<both_sides> both{std::in_place};
  connection on{both->server, both->client};
  both.reset();
  on.exchange("hello");
}

TEST_CASE("a side that ends tells the other that nothing was cut off, and no signal comes") {
  const both_sides both;
  connection on{both.server, both.client};
  on.exchange("hello");
  on.server.to_say = "bye";
  on.server.step();
  on.server.on = nullptr;
  on.client.step();
  CHECK(on.client.heard == "bye");
  CHECK(on.client.on->why_closed() == net::closed_by_peer);

  connection cut{both.server, both.client};
  cut.exchange("hello");
  cut.server.to_say = "bye";
  cut.server.step();
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigset_t before;
  REQUIRE(pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) == 0);
  cut.server.on = nullptr;
  CHECK(cut.client.on->send(std::string_view{"hello"}).state == net::stream_state::closed);
  sigset_t pending;
  REQUIRE(sigpending(&pending) == 0);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
  REQUIRE(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
  CHECK(cut.client.on->why_closed() == net::closed_by_peer);
  cut.client.step();
  CHECK(cut.client.heard == "bye");
}

TEST_CASE("a client refuses a server of another authority, and says why") {
  const both_sides ours;
  const both_sides theirs;
  connection on{theirs.server, ours.client};
  on.fail();
  CHECK_THAT(on.client.on->why_closed(), Contains("the certificate of the other side is refused") &&
                                             Contains("not signed by the authority"));
  CHECK_THAT(on.server.on->why_closed(), Contains("the other side refuses") &&
                                             Contains("our certificate is not signed by its"));
}

/// A client that knows the server's authority, but shows something else than a good certificate.
/// tls_context takes no such files, so this is made by hand.
std::unique_ptr<net::stream> bad_client(const test_authority& knows, const net::identity* shows,
                                        unique_fd connection) {
  struct raw_client final : stream {
    unique_fd socket;
    std::unique_ptr<SSL_CTX, net::openssl_deleter<SSL_CTX_free>> context{
        SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, net::openssl_deleter<SSL_free>> ssl;
    std::string why;

    int fd() const override { return socket.get(); }
    void end_sending() override {}
    std::string why_closed() const override { return why; }
    net::stream_result receive(std::span<char> into) override {
      return outcome(SSL_read(ssl.get(), into.data(), static_cast<int>(into.size())));
    }
    net::stream_result send(std::span<const char> what) override {
      return outcome(SSL_write(ssl.get(), what.data(), static_cast<int>(what.size())));
    }
    net::stream_result outcome(int answer) {
      if (answer > 0)
        return {static_cast<std::size_t>(answer), net::stream_state::ready};
      if (SSL_get_error(ssl.get(), answer) == SSL_ERROR_WANT_READ)
        return {0, net::stream_state::wants_read};
      why = net::openssl_reason();
      return {0, net::stream_state::closed};
    }
  };
  auto made = std::make_unique<raw_client>();
  auto* context = made->context.get();
  const auto authority = net::parse_certificates(knows.own().certificate);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.front().get());
  if (shows != nullptr) {
    SSL_CTX_use_certificate(context, net::parse_certificates(shows->certificate).front().get());
    SSL_CTX_use_PrivateKey(context, net::parse_key(shows->key).get());
  }
  net::stop_blocking(connection.get());
  made->socket = std::move(connection);
  made->ssl.reset(SSL_new(context));
  SSL_set_fd(made->ssl.get(), made->socket.get());
  SSL_set_connect_state(made->ssl.get());
  return made;
}

TEST_CASE("a server refuses a client without a good certificate of its authority") {
  const both_sides ours;
  const both_sides theirs;
  struct bad_case {
    std::optional<net::identity> shows;
    std::string said;
    std::string heard;
  };
  const std::vector<bad_case> all{
      {std::nullopt, "showed no certificate", "certificate required"},
      {theirs.by.issue(net::certificate_use::client), "not signed by the authority", "unknown ca"},
      {ours.by.issue(net::certificate_use::client, tests::long_ago), "it has expired", "expired"},
      {ours.by.issue(net::certificate_use::client, tests::far_off), "not valid yet",
       "bad certificate"},
      {ours.by.issue(net::certificate_use::server), "it is not one of a client", "unsupported"}};
  for (const auto& one : all) {
    INFO(one.said);
    auto [serves, asks] = connected_pair();
    talker server{ours.server.wrap(std::move(serves))};
    talker client{bad_client(ours.by, one.shows ? &*one.shows : nullptr, std::move(asks))};
    client.to_say = "hello";
    talk_until([&] { return client.is_closed() && server.is_closed(); }, client, server);
    CHECK(server.heard.empty());
    CHECK_THAT(server.on->why_closed(), Contains(one.said));
    CHECK_THAT(client.on->why_closed(), Contains(one.heard));
  }
}

TEST_CASE("a client that was refused learns why, also when the server hung up before it spoke") {
  // The client knows the server's authority, the server not the client's.
  test_authority ours;
  test_authority theirs;
  auto files = theirs.files(net::certificate_use::client);
  const auto both = ours.write("both.pem", ours.own().certificate + theirs.own().certificate);
  files.authority = both;
  const auto serves = net::tls_context::server(ours.files(net::certificate_use::server));
  const auto asks = net::tls_context::client(files);
  for (const bool over_tcp : {false, true}) {
    INFO(over_tcp);
    connection on{serves, asks, over_tcp ? tcp_pair() : connected_pair()};
    on.client.to_say = "hello";
    talk_until([&] { return on.server.is_closed(); }, on.client, on.server);
    CHECK_THAT(on.server.on->why_closed(), Contains("not signed by the authority"));
    on.server.on = nullptr;
    on.client.to_say = "and more";
    while (on.client.on->send(on.client.to_say).state == net::stream_state::ready)
      continue;
    step_until_closed(on.client);
    CHECK_THAT(on.client.on->why_closed(),
               Contains("the other side refuses: our certificate is not signed by its authority"));
  }
}

TEST_CASE("a client refuses a server whose certificate is another client's") {
  test_authority by;
  const auto asks = net::tls_context::client(by.files(net::certificate_use::client));
  // Made by hand, for tls_context takes no such files.
  const auto shows = by.issue(net::certificate_use::client);
  const std::unique_ptr<SSL_CTX, net::openssl_deleter<SSL_CTX_free>> context{
      SSL_CTX_new(TLS_server_method())};
  SSL_CTX_use_certificate(context.get(), net::parse_certificates(shows.certificate).front().get());
  SSL_CTX_use_PrivateKey(context.get(), net::parse_key(shows.key).get());
  auto [theirs, ours] = connected_pair();
  net::stop_blocking(theirs.get());
  const std::unique_ptr<SSL, net::openssl_deleter<SSL_free>> server{SSL_new(context.get())};
  SSL_set_fd(server.get(), theirs.get());
  talker client{asks.wrap(std::move(ours))};
  talk_until(
      [&] {
        SSL_accept(server.get());
        return client.is_closed();
      },
      client);
  CHECK_THAT(client.on->why_closed(), Contains("it is not one of a server"));
}

TEST_CASE("plain bytes at a TLS server, and plain bytes at a TLS client, are found out at once") {
  const both_sides both;
  for (const auto* said : {"millrace inspector 3 0.1.0\n", "GET / HTTP/1.1\r\n\r\n"}) {
    for (const auto* context : {&both.server, &both.client}) {
      auto [ours, theirs] = connected_pair();
      talker secure{context->wrap(std::move(ours))};
      talker plain{net::plain_stream(std::move(theirs)), said};
      plain.step();
      step_until_closed(secure);
      CHECK(secure.on->why_closed() == "the other side does not speak TLS");
      CHECK(secure.heard.empty());
    }
  }
}

TEST_CASE("random bytes close a TLS stream and nothing else") {
  const both_sides both;
  const auto bytes = noise(200'000);
  for (std::size_t from = 0; from < bytes.size(); from += 1000) {
    auto [ours, theirs] = connected_pair();
    talker secure{both.server.wrap(std::move(ours))};
    {
      talker plain{net::plain_stream(std::move(theirs)), "\x16\x03\x01" + bytes.substr(from, 1000)};
      plain.step();
    }
    step_until_closed(secure);
    CHECK(secure.heard.empty());
  }
}

TEST_CASE("a side that leaves during the handshake closes the other, wherever it was") {
  const both_sides both;
  for (const std::size_t steps : {0U, 1U, 2U, 3U}) {
    for (const bool server_leaves : {false, true}) {
      connection on{both.server, both.client};
      for (std::size_t i = 0; i < steps; ++i)
        (i % 2 == 0 ? on.client : on.server).step();
      (server_leaves ? on.server : on.client).on = nullptr;
      auto& left = server_leaves ? on.client : on.server;
      left.to_say = "hello";
      step_until_closed(left);
      CHECK(left.on->why_closed() == net::closed_by_peer);
    }
  }
}

}  // namespace
