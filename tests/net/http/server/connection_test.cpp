#include "net/http/server/connection.hpp"

#include "tests/support/http/told_handler.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;
using namespace std::chrono_literals;

namespace {

/// A client that sends, and takes nothing.
class deaf_stream final : public stream {
 public:
  explicit deaf_stream(unique_fd connection) : from_(plain_stream(std::move(connection))) {}

  int fd() const override { return from_->fd(); }
  std::string why_closed() const override { return from_->why_closed(); }
  stream_result receive(std::span<char> into) override { return from_->receive(into); }
  stream_result send(std::span<const char>) override { return {0, stream_state::wants_read}; }
  void end_sending() override { from_->end_sending(); }

 private:
  std::unique_ptr<stream> from_;
};

TEST_CASE("a client that does not even take a 100 Continue is cut off") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  unique_fd own{ends[0]};
  const unique_fd client{ends[1]};
  const auto say = [&](std::string_view text) {
    REQUIRE(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
  };

  const system_clock time;
  const auto handler = std::make_shared<told_handler>();
  std::vector<response_handle> kept;
  handler->handles = [&](const incoming_request&, response_handle respond) {
    kept.push_back(std::move(respond));
  };
  // Now the server asks for the body, and is not heard.
  handler->admits = [&](const incoming_request&) {
    say("abc");
    return admission{};
  };
  const auto engine = std::make_shared<http_engine>(
      http_server_settings{.limits = {.write_timeout = 50ms, .answer_timeout = 50ms}}, handler,
      time);
  std::make_shared<http_connection>(engine, std::make_unique<deaf_stream>(std::move(own)), "peer",
                                    http_connection::entry::served)
      ->start();
  say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  engine->io.run_for(1min);
  CHECK(kept.size() == 1);
  CHECK(engine->connections.size() == 0);
}

}  // namespace
