#include "net/host_port.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::net;

TEST_CASE("an address is a host and a port") {
  const auto same = [](const char* text, const std::string& host, int port) {
    const auto at = net::parse_host_port(text);
    REQUIRE(at);
    CHECK(at->host == host);
    CHECK(at->port == port);
    CHECK(to_string(*at) == text);
  };
  same("example.org:7117", "example.org", 7117);
  same("127.0.0.1:1", "127.0.0.1", 1);
  same("[::1]:65535", "::1", 65535);
  for (const auto* text : {"", "7117", "host", "host:", ":7117", "host:0", "host:65536", "host:-1",
                           "host:7117x", "::1:7117", "[]:7117", "host: 7117"}) {
    INFO(text);
    CHECK_FALSE(net::parse_host_port(text));
  }
}
