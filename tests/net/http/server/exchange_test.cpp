#include "net/http/server/exchange.hpp"

#include "net/http/server/response_handle.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

using namespace millrace;
using namespace millrace::net;

namespace {

using stream_end = http_exchange::stream_end;

/// An exchange whose queue takes ten bytes, and how often its connection was woken.
struct exchanged {
  int wakes = 0;
  std::shared_ptr<http_exchange> exchange =
      std::make_shared<http_exchange>(10, [this] { ++wakes; });
  std::optional<response_handle> handle{response_handle{exchange}};
};

TEST_CASE("the first response counts") {
  exchanged with;
  CHECK(with.handle->send({.status = 201}));
  CHECK_FALSE(with.handle->send({.status = 202}));
  const auto stream = with.handle->stream({.status = 203});
  CHECK_FALSE(stream.is_open());
  CHECK_FALSE(stream.send("x"));
  CHECK(with.wakes == 1);
  CHECK(with.exchange->take_start()->response.status == 201);
  CHECK_FALSE(with.exchange->take_start());
}

TEST_CASE("a stream takes what its queue holds, and says when there is room again") {
  exchanged with;
  const auto stream = with.handle->stream({});
  int rooms = 0;
  stream.on_room([&] { ++rooms; });
  CHECK(with.exchange->take_start()->is_stream);
  CHECK(stream.send("12345"));
  CHECK(stream.send(""));
  CHECK(stream.send("67890"));
  CHECK_FALSE(stream.send("1"));
  CHECK(stream.is_open());
  CHECK(rooms == 0);
  CHECK(with.exchange->take_pieces().bytes == "1234567890");
  CHECK(rooms == 1);
  CHECK(with.exchange->take_pieces().bytes.empty());
  CHECK(rooms == 1);
}

TEST_CASE("a connection is not woken while it still sends") {
  // Each of its turns would make another one, and no other connection would have any.
  exchanged with;
  const auto stream = with.handle->stream({});
  const auto fill = [&] {
    while (stream.send("12345")) {
    }
  };
  stream.on_room(fill);
  fill();
  CHECK(with.exchange->take_start());
  with.wakes = 0;
  for (int turn = 0; turn < 5; ++turn)
    CHECK(with.exchange->take_pieces().bytes == "1234512345");
  CHECK(with.wakes == 0);
  stream.on_room({});
  with.exchange->take_pieces();
  CHECK(with.exchange->take_pieces().bytes.empty());
  CHECK(stream.send("1"));
  CHECK(with.wakes == 1);
}

TEST_CASE("room that came before a stream asked for it is told at once") {
  exchanged with;
  const auto stream = with.handle->stream({});
  int rooms = 0;
  CHECK(stream.send("1234567890"));
  CHECK_FALSE(stream.send("1"));
  with.exchange->take_pieces();
  stream.on_room([&] { ++rooms; });
  CHECK(rooms == 1);
  stream.on_room([&] { ++rooms; });
  CHECK(rooms == 1);
  SECTION("but not while there is none") {
    CHECK(stream.send("1234567890"));
    CHECK_FALSE(stream.send("1"));
    stream.on_room([&] { ++rooms; });
    CHECK(rooms == 1);
    with.exchange->take_pieces();
    CHECK(rooms == 2);
  }
}

TEST_CASE("a callback that owns the last handle may be replaced, or forgotten") {
  exchanged with;
  const auto replace = [&](const auto& set) {
    set([own = with.handle] {});
    with.handle.reset();
    set([] {});
  };
  SECTION("for room") {
    auto* const exchange = with.exchange.get();
    with.handle->stream({});
    replace([&](const auto& call) { exchange->on_room(call); });
    CHECK(with.exchange->take_pieces().end == stream_end::broken);
  }
  SECTION("for a client that leaves") {
    auto* const exchange = with.exchange.get();
    replace([&](const auto& call) { exchange->on_leave(call); });
    CHECK(with.exchange->take_start()->response.status == 500);
  }
  SECTION("at the end") {
    with.handle->on_leave([own = with.handle] {});
    with.handle.reset();
    with.exchange->forget_callbacks();
    CHECK(with.exchange->take_start()->response.status == 500);
  }
}

TEST_CASE("a piece that is longer than the queue goes alone") {
  exchanged with;
  const auto stream = with.handle->stream({});
  CHECK(stream.send(std::string(100, 'x')));
  CHECK_FALSE(stream.send("1"));
  CHECK(with.exchange->take_pieces().bytes.size() == 100);
  CHECK(stream.send("1"));
}

TEST_CASE("a connection is woken once until it finds nothing") {
  exchanged with;
  const auto stream = with.handle->stream({});
  stream.send("1");
  stream.send("2");
  CHECK(with.wakes == 1);
  with.exchange->take_start();
  CHECK(with.exchange->take_pieces().bytes == "12");
  CHECK(with.exchange->take_pieces().bytes.empty());
  stream.send("3");
  stream.finish();
  CHECK(with.wakes == 2);
  const auto last = with.exchange->take_pieces();
  CHECK(last.bytes == "3");
  CHECK(last.end == stream_end::finished);
  CHECK_FALSE(stream.send("4"));
}

TEST_CASE("what is given up ends badly: a response that is missing is a 500, a stream is cut off") {
  exchanged with;
  SECTION("a handle") {
    auto copy = with.handle;
    with.handle.reset();
    CHECK_FALSE(with.exchange->take_start());
    copy.reset();
    CHECK(with.exchange->take_start()->response.status == 500);
  }
  SECTION("a stream") {
    std::optional stream{with.handle->stream({})};
    with.handle.reset();
    stream->send("1");
    CHECK(with.exchange->take_pieces().end == stream_end::open);
    stream.reset();
    CHECK(with.exchange->take_pieces().end == stream_end::broken);
  }
  SECTION("but not one that was finished") {
    with.handle->stream({}).finish();
    with.handle.reset();
    CHECK(with.exchange->take_pieces().end == stream_end::finished);
  }
}

TEST_CASE("a client that leaves is told once, also when two ask") {
  exchanged with;
  const auto stream = with.handle->stream({});
  int left = 0;
  stream.on_leave([&] { ++left; });
  CHECK_FALSE(with.handle->client_has_left());
  with.exchange->leave();
  with.exchange->leave();
  CHECK(left == 1);
  CHECK(with.handle->client_has_left());
  CHECK_FALSE(stream.is_open());
  CHECK_FALSE(stream.send("x"));
  with.handle->on_leave([&] { ++left; });
  CHECK(left == 2);
}

TEST_CASE("what a callback throws stays there") {
  exchanged with;
  with.handle->on_leave([] { throw std::runtime_error{"no"}; });
  with.exchange->leave();
  CHECK(with.handle->client_has_left());
}

}  // namespace
