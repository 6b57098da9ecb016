#include "actors/inspector/client/connect.hpp"
#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/server.hpp"
#include "net/tls/openssl.hpp"
#include "net/unix_address.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/simulation/random.hpp"
#include "tests/support/http_server/webhook_client.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// The real binary with every socket that it can listen at, and clients that break every protocol.
namespace {

using namespace millrace;
using namespace millrace::tests;
using net::host_port;
using nlohmann::json;
using simulation::random_source;

/// A runtime that listens everywhere.
struct listening {
  sandbox in;
  std::uint16_t inspector_port = free_port();
  std::uint16_t webhook_port = free_port();
  std::filesystem::path data_dir = in.folder() / ".local/share/millrace";
  std::string certificates = (data_dir / "certs").string();
  running runtime = start();

  running start() {
    in.set("WEBHOOK_SECRET", "wh-secret");
    REQUIRE(in.millrace({"certs", "init"}).code == 0);
    const auto config = in.write(
        "m.ini", fmt::format("[inspector]\nlisten = 127.0.0.1:{}\n"
                             "[service.parser]\nmode = remote\nendpoints = http://127.0.0.1:1\n"
                             "webhook_listen = 127.0.0.1:{}\nwebhook_secret_env = WEBHOOK_SECRET\n"
                             "webhook_url = http://127.0.0.1:{}\n",
                             inspector_port, webhook_port, webhook_port));
    auto started = in.start({"run", "--config", config});
    started.wait_for_error("RUNTIME_READY");
    return started;
  }

  unique_fd dial_local() const {
    const auto path = actors::inspector_socket(data_dir);
    const net::local_address address{path};
    unique_fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(connect(fd.get(), address.get(), address.size()) == 0);
    return fd;
  }

  actors::inspector_address far_inspector() const {
    const auto client = certificates + "/client.pem";
    return {.data_dir = {},
            .elsewhere = actors::inspector_address::remote{host_port{"127.0.0.1", inspector_port},
                                                           {client, client, client}}};
  }

  /// A client that keeps to the protocol is answered everywhere.
  void check_honest() const {
    for (const auto* view : {"status", "stages", "jobs", "events"}) {
      const auto near = in.millrace({"inspect", view, "--json"});
      INFO(near.err);
      CHECK(near.code == 0);
    }
    const auto far = in.millrace({"inspect", "status", "--json", "--connect",
                                  fmt::format("127.0.0.1:{}", inspector_port), "--cert",
                                  certificates + "/client.pem"});
    INFO(far.err);
    REQUIRE(far.code == 0);
    CHECK(json::parse(far.out)["pid"] == runtime.pid());
    // Of about now, so that no two are the same.
    static std::int64_t calls = 0;
    CHECK(status_of(webhook_port, webhook{.path = "/webhooks/parser/7",
                                          .body = fmt::format("{{\"call\": {}}}", ++calls)}
                                      .text()) == 404);
  }
};

/// Bytes that begin as something does, and are not it: cut off, doubled, damaged, or only noise.
std::string damaged(std::string frame, random_source& random) {
  const auto somewhere = [&] { return frame.empty() ? 0 : random.below(frame.size()); };
  switch (random.below(6)) {
    case 0:
      frame.resize(somewhere());
      break;
    case 1:
      frame += frame;
      break;
    case 2: {
      const auto at = somewhere();
      frame.insert(at, frame.substr(at / 2, somewhere()));
      break;
    }
    case 3:
      for (auto flips = 1 + random.below(8); flips > 0 && !frame.empty(); --flips)
        frame[somewhere()] = static_cast<char>(random.below(256));
      break;
    case 4:
      frame.erase(somewhere(), 1 + somewhere());
      break;
    default:
      frame.assign(random.below(5000), '\0');
      for (auto& c : frame)
        c = static_cast<char>(random.below(256));
  }
  return frame;
}

/// What a client of TLS says first.
std::string client_hello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> how{SSL_CTX_new(TLS_client_method()),
                                                              SSL_CTX_free};
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl{SSL_new(how.get()), SSL_free};
  BIO* const said = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), said);
  SSL_set_connect_state(ssl.get());
  SSL_do_handshake(ssl.get());
  const char* bytes = nullptr;
  const auto size = BIO_get_mem_data(said, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

/// A client says it and goes: at once, or after it has shut down its sending side.
void say_and_go(const unique_fd& fd, const std::string& bytes, random_source& random) {
  (void)send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (random.one_in(2))
    shutdown(fd.get(), SHUT_WR);
}

std::vector<std::string> requests() {
  return {actors::to_line(actors::request{actors::get_runtime{}}),
          actors::to_line(actors::request{actors::get_jobs{}}),
          actors::to_line(actors::request{actors::get_job{7}}),
          actors::to_line(actors::request{actors::get_events{}}),
          actors::to_line(actors::request{actors::get_stages{}})};
}

}  // namespace

TEST_CASE("noise and damaged frames at every socket do no harm, and nothing stays open") {
  const listening at;
  // Opens what the first request opens, and keeps.
  at.check_honest();
  const auto pid = at.runtime.pid();
  const auto descriptors = open_descriptors(pid);
  const auto threads = threads_of(pid);
  random_source random{20261126};
  const auto hello = client_hello();
  const auto greeting = actors::render({actors::inspection_version, "0.1.0"});
  const auto asked = requests();
  for (int i = 0; i < 150; ++i) {
    const auto& request = asked[random.below(asked.size())];
    say_and_go(at.dial_local(), damaged(greeting + request, random), random);
    // After a greeting that is right.
    say_and_go(at.dial_local(), greeting + damaged(request, random), random);
    say_and_go(dial(at.inspector_port), damaged(hello, random), random);
    const webhook call{.path = "/webhooks/parser/7", .body = fmt::format("{{\"noise\": {}}}", i)};
    say_and_go(dial(at.webhook_port), damaged(call.text(), random), random);
  }
  // And through TLS, by a client with a certificate.
  for (int i = 0; i < 30; ++i) {
    auto through = actors::attach_to(at.far_inspector(), "0.1.0");
    const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds{60}; };
    (void)through.send(damaged(asked[random.below(asked.size())], random) + "\n", soon());
  }
  at.check_honest();
  wait_until([&] { return open_descriptors(pid) <= descriptors && threads_of(pid) <= threads; });
  CHECK_FALSE(at.runtime.has_ended());
  stop(at.runtime);
}
