#include "actors/inspector/server/session.hpp"

#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/requests.hpp"
#include "tests/support/conversation.hpp"

#include <catch2/catch.hpp>
#include <poll.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace millrace;
using namespace actors;
using namespace std::chrono_literals;

/// A session that has greeted, and asks whenever it may.
struct asker {
  session::clock::time_point now{};
  std::unique_ptr<net::stream> near;
  std::unique_ptr<session> one;
  int asked = 0;
  session::host host{.greeting = [] { return std::optional<std::string>{"hello\n"}; },
                     .asked = [this](const session&, std::string_view) { ++asked; }};

  asker() {
    auto [far, mine] = tests::connected_pair();
    one = std::make_unique<session>(1, net::plain_stream(std::move(far)), now);
    near = net::plain_stream(std::move(mine));
    say(render(greeting{inspection_version, "0"}));
    REQUIRE(one->go_on(0, now, host));
  }

  void say(std::string_view text) const { REQUIRE(near->send(text).bytes == text.size()); }

  bool may_ask() {
    const auto before = asked;
    say("{}\n");
    REQUIRE(one->go_on(0, now, host));
    return asked > before;
  }

  void answer(const std::string& text) {
    one->answer(text, now);
    REQUIRE(one->go_on(0, now, host));
    std::array<char, 65536> taken{};
    while (near->receive(taken).bytes > 0)
      REQUIRE(one->go_on(0, now, host));
  }

  int answered_at_once(const std::string& text, int most) {
    int count = 0;
    for (; count < most && may_ask(); ++count)
      answer(text);
    return count;
  }
};

TEST_CASE("a client that asks without a pause must rest, and is heard again when that is over") {
  asker on;
  CHECK(on.answered_at_once("{}\n", 1000) == session::answers_at_once + 1);
  CHECK(on.one->events() == 0);
  CHECK(on.one->due() == on.now + session::pause_after_answer);
  on.now = on.one->due();
  // What the session said meanwhile is one request of those that are heard now.
  REQUIRE(on.one->go_on(0, on.now, on.host));
  CHECK(on.asked == session::answers_at_once + 2);
  on.answer("{}\n");
  CHECK(on.one->due() == on.now + session::pause_after_answer);
}

TEST_CASE("a client that pauses by itself never has to rest") {
  asker on;
  for (int i = 0; i < 1000; ++i) {
    CHECK(on.may_ask());
    on.answer("{}\n");
    on.now += session::pause_after_answer;
  }
  CHECK(on.asked == 1000);
}

TEST_CASE("a client that takes long answers does not have to rest") {
  asker on;
  const std::string page(session::long_answer, 'x');
  CHECK(on.answered_at_once(page, 1000) == 1000);
}

TEST_CASE("a client that leaves while it rests is seen to leave") {
  asker on;
  on.answered_at_once("{}\n", 1000);
  CHECK_FALSE(on.one->go_on(POLLHUP, on.now, on.host));
}

}  // namespace
