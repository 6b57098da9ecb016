#include "tests/app/api/api_server.hpp"
#include "tests/support/session.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <thread>

namespace millrace::tests {
namespace {

using nlohmann::json;

struct sent_event {
  std::int64_t id = 0;
  std::string type;
  json data;
};

/// A reader of GET /v1/events.
class event_reader {
 public:
  explicit event_reader(const api_server& of, const std::string& query = {},
                        std::optional<std::int64_t> last = {}, const std::string& token = "owner")
      : peer_(of.port()) {
    api_request asked{.method = "GET", .target = "/v1/events" + query, .token = token};
    asked.headers = {{"Accept", "text/event-stream"}};
    if (last)
      asked.headers.emplace_back("Last-Event-ID", fmt::to_string(*last));
    peer_.say(wire_text(asked));
    head_ = peer_.hear_head();
    // The first piece comes before any event.
    if (head_.status == 200)
      CHECK(line() == "retry: 1000");
  }

  const heard_response& head() const { return head_; }
  http_peer& peer() { return peer_; }

  sent_event next() {
    sent_event event;
    for (;;) {
      const auto text = line();
      if (text.empty() && event.id != 0)
        return event;
      if (text.starts_with("id: "))
        event.id = std::stoll(text.substr(4));
      else if (text.starts_with("event: "))
        event.type = text.substr(7);
      else if (text.starts_with("data: "))
        event.data = json::parse(text.substr(6));
    }
  }

 private:
  std::string line() {
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        auto found = text_.substr(0, end);
        text_.erase(0, end + 1);
        return found;
      }
      const auto size = std::stoul(peer_.take_to("\r\n"), nullptr, 16);
      REQUIRE(size > 0);
      text_ += peer_.take(size);
      REQUIRE(peer_.take(2) == "\r\n");
    }
  }

  http_peer peer_;
  heard_response head_;
  std::string text_;
};

/// A job with one event: it is cancelled.
std::int64_t make_event(api_server& at, const std::string& pipeline = "p") {
  const auto job = at.submit(pipeline);
  REQUIRE(at.post(fmt::format("/v1/jobs/{}/cancel", job)).status == 200);
  return job;
}

}  // namespace

TEST_CASE("events are sent as they happen, and a reader that comes back goes on where it was") {
  api_server at;
  make_event(at);
  event_reader live{at};
  CHECK(live.head().headers.at("content-type") == "text/event-stream");
  std::int64_t last = 0;
  {
    event_reader all{at, "?after=0"};
    const auto first = all.next();
    CHECK(first.data["event_id"] == first.id);
    CHECK(first.data["job_id"] == 1);
    last = first.id;
  }
  make_event(at);
  make_event(at);
  const auto second = live.next();
  CHECK(second.data["job_id"] == 2);
  const auto third = live.next();
  CHECK(third.data["job_id"] == 3);

  event_reader back{at, "", last};
  CHECK(back.next().id == second.id);
  CHECK(back.next().id == third.id);
}

TEST_CASE("a stream has the events of its filter only") {
  api_server at;
  event_reader of_q{at, "?pipeline=q"};
  event_reader cancelled{at, "?code=CANCELLED"};
  make_event(at, "p");
  const auto job = make_event(at, "q");
  CHECK(of_q.next().data["job_id"] == job);
  CHECK(cancelled.next().data["job_id"] == job - 1);
  CHECK(cancelled.next().data["job_id"] == job);
  const auto bound = at.token(storage::access_role::viewer, {.pipeline = "q"});
  event_reader own{at, "?after=0", {}, bound};
  CHECK(own.next().data["pipeline"] == "q");
}

TEST_CASE("many readers get each event once and in order while jobs come") {
  api_server at;
  std::vector<std::unique_ptr<event_reader>> readers;
  for (int i = 0; i < 20; ++i)
    readers.push_back(std::make_unique<event_reader>(at));
  std::thread making{[&] {
    for (int i = 0; i < 30; ++i)
      make_event(at, "q");
  }};
  for (auto& reader : readers) {
    std::int64_t last = 0;
    for (int i = 0; i < 30; ++i) {
      const auto event = reader->next();
      CHECK(event.id > last);
      CHECK(event.data["job_id"] == i + 1);
      last = event.id;
    }
  }
  making.join();
}

TEST_CASE("a reader that is too far behind is told which events it misses") {
  api_server at;
  make_event(at);
  at.on().session() << "update sqlite_sequence set seq = 200000 where name = 'events'";
  at.on().session()
      << "insert into events (event_id, job_id, pipeline, stage, type, severity, code,"
         " message, epoch, attempt, at, correlation_id) select 200001, job_id,"
         " pipeline, stage, type, severity, code, message, epoch, attempt, at,"
         " correlation_id from events limit 1";
  event_reader reader{at, "?after=1"};
  const auto missed = reader.next();
  CHECK(missed.type == "missed");
  CHECK(missed.data == json{{"after", 1}, {"until", 200001}});
  make_event(at);
  CHECK(reader.next().data["job_id"] == 2);
}

TEST_CASE("a stream ends when its token is revoked") {
  api_server at;
  const auto secret = at.token(storage::access_role::viewer);
  event_reader reader{at, "", {}, secret};
  CHECK(at.ask({"DELETE", "/v1/tokens/t1"}).status == 204);
  // The connection itself may be used again.
  reader.peer().take_to("0\r\n\r\n");
}

TEST_CASE("streams end with the server, and a wrong place to begin is refused") {
  api_server at;
  event_reader reader{at};
  http_peer wrong{at.port()};
  api_request asked{"GET", "/v1/events"};
  asked.headers = {{"Accept", "text/event-stream"}, {"Last-Event-ID", "x"}};
  CHECK(at.ask(asked).status == 400);
  CHECK(at.stop());
  CHECK_THAT(reader.peer().hear_all(), Catch::EndsWith("0\r\n\r\n"));
}

}  // namespace millrace::tests
