#include "tests/app/sandbox.hpp"
#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/http_server/tls_front.hpp"
#include "tests/support/test_authority.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <string>

// A service behind TLS: the real process, a real server, and in front of it a TLS that is not ours.
using namespace millrace;
using namespace millrace::tests;
using net::certificate_use;

namespace {

struct service_behind_tls {
  sandbox in;
  test_http_server server;
  test_authority authority;
  tls_front front;

  explicit service_behind_tls(const net::validity& during = around_now)
      : front{server.port(), authority.files(certificate_use::server, during)} {
    in.write("document.md", "# Locks\n\nA lock lifts boats.\n");
  }

  /// Submits the document under these settings, and answers them.
  std::string submit(const std::string& endpoint, const std::string& more) const {
    auto config = in.write("m.ini", fmt::format("[service.embedder]\nmode = remote\nmodel = test\n"
                                                "dimensions = 8\nendpoints = {}\n"
                                                "breaker_cool_down = 100ms\n{}\n",
                                                endpoint, more));
    REQUIRE(
        in.millrace({"submit", (in.folder() / "document.md").string(), "--config", config}).code ==
        0);
    return config;
  }

  std::string trusts_authority() const {
    return fmt::format("ca_file = {}", authority.write("ca.pem", authority.own().certificate));
  }

  /// Waits until the job is said to wait for that reason, and nothing was asked.
  void waits_because(const std::string& config, const std::string& why) const {
    const auto runtime = in.start({"run", "--config", config});
    std::string explained;
    wait_until([&] {
      explained = in.millrace({"explain", "1", "--config", config}).out;
      return explained.find(why) != std::string::npos;
    });
    CHECK(server.asked().requests == 0);
    runtime.signal(SIGTERM);
    CHECK(runtime.wait().code == 0);
  }
};

}  // namespace

TEST_CASE("a service behind TLS whose authority is trusted embeds") {
  const service_behind_tls at;
  const auto config = at.submit(at.front.url(), at.trusts_authority());
  CHECK(at.in.millrace({"run", "--until-idle", "--config", config}).code == 0);
  CHECK(at.server.asked().texts == 1);
  CHECK(at.in.millrace({"search", "boats", "--config", config}).out.find("document.md") !=
        std::string::npos);
}

TEST_CASE("a service with an untrusted certificate is told nothing") {
  const service_behind_tls at;
  at.waits_because(at.submit(at.front.url(), ""), "certificate");
}

TEST_CASE("a service whose certificate is for another name is told nothing") {
  const service_behind_tls at;
  at.waits_because(at.submit(at.front.url_by_number(), at.trusts_authority()), "127.0.0.1");
}

TEST_CASE("a service whose certificate has expired is told nothing") {
  const service_behind_tls at{long_ago};
  at.waits_because(at.submit(at.front.url(), at.trusts_authority()), "expired");
}
