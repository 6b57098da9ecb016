#include "actors/inspector/client/client.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/test_authority.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

// The inspector's port: TLS, with real sockets.
namespace {

using namespace millrace;
using namespace actors;
using tests::temp_dir;
using tests::test_authority;

/// A server that says which user gave which order.
struct listening {
  temp_dir dir;
  test_authority authority;
  net::host_port port{"127.0.0.1", tests::free_port()};
  inspector_server in{
      {dir.path(), "1", tls_listening{port, authority.files(net::certificate_use::server)}}};

  listening() {
    in.serve([](const request& asked, const std::shared_ptr<response_handle>& back) {
      const auto& given = std::get<give_order>(asked);
      back->send(to_line(order_answer{true, given.order.by}));
    });
  }

  inspector_address address(const net::tls_files& files) const {
    return {.data_dir = {}, .elsewhere = inspector_address::remote{port, files}};
  }
  inspector_address address() { return address(authority.files(net::certificate_use::client)); }
};

std::string by_whom(attachment& from) { return from.change({.by = "me"}).text; }

/// Whether the other side hangs up without a word within a minute.
bool is_refused(int fd) {
  std::array<char, 4096> piece{};
  for (;;) {
    pollfd watched{fd, POLLIN, 0};
    REQUIRE(poll(&watched, 1, 60'000) == 1);
    const auto got = recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0)
      return true;
    // An alert of TLS is no answer of ours.
    if (std::string(piece.data(), static_cast<std::size_t>(got)).find("millrace") !=
        std::string::npos)
      return false;
  }
}

}  // namespace

TEST_CASE("a client with a certificate attaches from elsewhere, and orders under its name") {
  listening at;
  attachment remote{at.address(), "1"};
  CHECK(by_whom(remote) == "somebody (me)");
  attachment local{{.data_dir = at.dir.path()}, "1"};
  CHECK_THAT(by_whom(local), Catch::EndsWith(" (me)"));
  attachment another{at.address(), "1"};
  CHECK(by_whom(another) == "somebody (me)");
  CHECK(by_whom(remote) == "somebody (me)");
}

TEST_CASE("a client with the wrong certificate is told why it is refused") {
  listening at;
  test_authority other;
  const auto refused = [&](const net::tls_files& files, const char* why) {
    CHECK_THROWS_WITH((attachment{at.address(files), "1"}), Catch::Contains(why));
  };
  // Signed by another authority, that the client trusts.
  auto stranger = other.files(net::certificate_use::client);
  refused(stranger, "is refused");
  // With the right one to look at, the other side refuses.
  stranger.authority = at.authority.files(net::certificate_use::client).authority;
  CHECK_THROWS_AS((attachment{at.address(stranger), "1"}), millrace::error);
  // What would be refused there is found out here.
  CHECK_THROWS_AS(
      (attachment{at.address(at.authority.files(net::certificate_use::client, tests::long_ago)),
                  "1"}),
      net::tls_error);
  CHECK_THROWS_AS((attachment{at.address(at.authority.files(net::certificate_use::server)), "1"}),
                  net::tls_error);
  attachment good{at.address(), "1"};
  CHECK(by_whom(good) == "somebody (me)");
}

TEST_CASE("a client that does not speak TLS to the port is turned away") {
  listening at;
  for (const auto* bytes : {"millrace inspector 2 1\n", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01"}) {
    const auto fd = net::connect_to(at.port, std::chrono::seconds{60});
    REQUIRE(send(fd.get(), bytes, std::string{bytes}.size(), MSG_NOSIGNAL) > 0);
    shutdown(fd.get(), SHUT_WR);
    CHECK(is_refused(fd.get()));
  }
  std::vector<unique_fd> silent;
  for (int i = 0; i < 300; ++i)
    silent.push_back(net::connect_to(at.port, std::chrono::seconds{60}));
  attachment good{at.address(), "1"};
  CHECK(by_whom(good) == "somebody (me)");
  CHECK(is_refused(silent.front().get()));
}

TEST_CASE("a port that is taken, and certificates that cannot be used, are found out at once") {
  listening at;
  temp_dir dir;
  const auto files = at.authority.files(net::certificate_use::server);
  CHECK_THROWS_WITH((inspector_server{{dir.path(), "1", tls_listening{at.port, files}}}),
                    Catch::Contains("cannot open the inspector's port"));
  CHECK_THROWS_AS(
      (inspector_server{{dir.path(), "1",
                         tls_listening{{"127.0.0.1", tests::free_port()},
                                       at.authority.files(net::certificate_use::client)}}}),
      net::tls_error);
  CHECK_FALSE(std::filesystem::exists(inspector_socket(dir.path())));
}

TEST_CASE("where no runtime listens, the client says so") {
  test_authority authority;
  const inspector_address nowhere{
      .data_dir = {},
      .elsewhere = inspector_address::remote{{"127.0.0.1", tests::free_port()},
                                             authority.files(net::certificate_use::client)}};
  CHECK_THROWS_WITH((attachment{nowhere, "1"}), Catch::Contains("Connection refused"));
}
