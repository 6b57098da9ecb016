#include "ingest/webhook/verify_signature.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;
using namespace std::chrono_literals;
using finding = ingest::webhook_guard::finding;

namespace {

constexpr time_point at{std::chrono::seconds{1'800'000'000}};

// printf '1800000000.{}' | openssl dgst -sha256 -hmac secret
constexpr auto right = "sha256=bb7079132825ac793cea8c013c1dd24d926b9b02132245b10588d9e5c0df70d7";

ingest::webhook_call call(std::string_view signature = right, std::string_view body = "{}",
                          std::string_view timestamp = "1800000000") {
  return {timestamp, signature, body, "/1"};
}

TEST_CASE("a call is genuine once") {
  ingest::webhook_guard guard{"secret", 5min};
  CHECK(guard.check(call(), at).what == finding::genuine);
  CHECK(guard.check(call(), at).what == finding::seen_before);
  CHECK(guard.check(call(), at + 5min).what == finding::seen_before);
}

TEST_CASE("the same words to another path are another call") {
  ingest::webhook_guard guard{"secret", 5min};
  auto other = call();
  other.path = "/2";
  CHECK(guard.check(call(), at).what == finding::genuine);
  CHECK(guard.check(other, at).what == finding::genuine);
  CHECK(guard.check(other, at).what == finding::seen_before);
}

TEST_CASE("what is remembered is bounded") {
  ingest::webhook_guard guard{"secret", 5min};
  const auto call_to = [&](std::size_t i) {
    const auto path = std::to_string(i);
    auto one = call();
    one.path = path;
    return guard.check(one, at).what;
  };
  for (std::size_t i = 0; i <= ingest::webhook_guard::most_seen; ++i)
    CHECK(call_to(i) == finding::genuine);
  CHECK(call_to(ingest::webhook_guard::most_seen) == finding::seen_before);
  CHECK(call_to(0) == finding::genuine);
}

TEST_CASE("a call that could not be obeyed may be repeated") {
  ingest::webhook_guard guard{"secret", 5min};
  guard.check(call(), at);
  guard.forget(call());
  CHECK(guard.check(call(), at).what == finding::genuine);
}

TEST_CASE("a call with anything else signed, or nothing, is refused") {
  ingest::webhook_guard guard{"secret", 5min};
  CHECK(guard.check(call(right, "{ }"), at).why == "the signature is not right");
  CHECK(guard.check(call(right, "{}", "1800000001"), at).what == finding::refused);
  CHECK(guard.check(call(""), at).what == finding::refused);
  CHECK(guard.check(call("sha256="), at).what == finding::refused);
  CHECK(guard.check(call(std::string{right}.substr(0, 70)), at).what == finding::refused);
  ingest::webhook_guard other{"Secret", 5min};
  CHECK(other.check(call(), at).what == finding::refused);
  // What was refused has not been seen.
  CHECK(guard.check(call(), at).what == finding::genuine);
}

TEST_CASE("a call is genuine for so long, before and after its time") {
  CHECK(ingest::webhook_guard{"secret", 5min}.check(call(), at + 5min).what == finding::genuine);
  CHECK(ingest::webhook_guard{"secret", 5min}.check(call(), at - 5min).what == finding::genuine);
  CHECK(ingest::webhook_guard{"secret", 5min}.check(call(), at + 5min + 1us).why ==
        "the timestamp is more than 5m from the time here");
  CHECK(ingest::webhook_guard{"secret", 5min}.check(call(), at - 5min - 1us).what ==
        finding::refused);
}

TEST_CASE("a call from the future cannot be repeated as long as it is good") {
  ingest::webhook_guard guard{"secret", 5min};
  CHECK(guard.check(call(), at - 5min).what == finding::genuine);
  CHECK(guard.check(call(), at + 5min).what == finding::seen_before);
  CHECK(guard.check(call(), at + 5min + 1us).what == finding::refused);
}

TEST_CASE("a signed timestamp that is no number is refused") {
  ingest::webhook_guard guard{"secret", 5min};
  // printf '%s.{}' TIMESTAMP | openssl dgst -sha256 -hmac secret
  CHECK(guard
            .check(call("sha256=cb072209be46edb1e528bb0eb17a352295a7551b4c856ae3d83777d6237967f2",
                        "{}", "soon"),
                   at)
            .what == finding::refused);
  CHECK(guard
            .check(call("sha256=6c5605e12606fc388f6e1e8c9cd53889cc8305754816e131889cdbe663ebfd35",
                        "{}", "9223372036854775807"),
                   at)
            .what == finding::refused);
}

}  // namespace
