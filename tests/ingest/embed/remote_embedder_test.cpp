#include "ingest/embed/remote_embedder.hpp"

#include "tests/support/http_server/test_http_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace std::chrono_literals;
using millrace::tests::test_http_server;

namespace {

struct embedder_fixture {
  test_http_server server;
  system_clock time;
  remote_embedder_settings settings{
      .model = "test", .dimensions = 4, .asks_for_dimensions = true, .batch = 3};

  std::shared_ptr<remote_embedder> make() const {
    return std::make_shared<remote_embedder>(
        settings, std::make_shared<remote::service>(
                      "embedder",
                      remote::service_settings{.endpoints = {{server.url()}},
                                               .breaker = {.failures = 1, .cool_down = 1h}},
                      "", time));
  }
};

embed_result embed(const embedder& with, const std::vector<std::string_view>& texts) {
  return with.embed(texts, {});
}

/// An embedder of this process whose vectors can be told.
class near final : public embedder {
 public:
  std::string name() const override { return "test-4@1"; }
  std::size_t dimension() const override { return 4; }
  embed_result embed(std::span<const std::string_view> texts, const context&) const override {
    return embedded{std::vector<ingest::vector>(texts.size(), ingest::vector(4, 7.0F)), 0};
  }
};

TEST_CASE("a remote embedder is named after its model and dimension") {
  const embedder_fixture f;
  CHECK(f.make()->name() == "test-4@1");
  CHECK(f.make()->dimension() == 4);
}

TEST_CASE("texts go in batches and their vectors come back in order, whatever the service does") {
  embedder_fixture f;
  const std::vector<std::string_view> texts{"one", "two", "three", "four", "five", "six", "seven"};
  const auto plain = std::get<embedded>(embed(*f.make(), texts));
  CHECK(plain.vectors.size() == 7);
  CHECK(plain.vectors[0] != plain.vectors[1]);
  CHECK(plain.tokens == 11);
  CHECK(f.server.asked().requests == 3);
  f.server.tell("next shuffle unnumbered garbage shuffle");
  CHECK(std::get<embedded>(embed(*f.make(), texts)).vectors == plain.vectors);
}

TEST_CASE("a request has at most the allowed tokens, except for a single text that is too long") {
  embedder_fixture f;
  f.settings.batch = 64;
  f.settings.batch_tokens = 10;
  const std::string small(12, 'a');
  const std::string large(60, 'b');
  const auto made = embed(*f.make(), {small, small, small, large, small});
  CHECK(std::get<embedded>(made).vectors.size() == 5);
  CHECK(f.server.asked().requests == 4);
}

TEST_CASE("vectors that are too few, doubled, of a wrong dimension or no numbers are not taken") {
  for (const std::string how : {"short", "double", "dimension", "nan", "garbage"}) {
    INFO(how);
    embedder_fixture f;
    f.server.tell("always " + how);
    const auto answer = embed(*f.make(), {"one", "two"});
    REQUIRE(std::holds_alternative<reject>(answer));
    CHECK(std::get<reject>(answer).code == "SERVICE_ANSWER");
  }
}

TEST_CASE("a hybrid embedder is remote while the service is in order, and local while it is not") {
  embedder_fixture f;
  const auto remote = f.make();
  const hybrid_embedder hybrid{remote, std::make_shared<near>()};
  CHECK(hybrid.name() == "test-4@1");
  const auto far = std::get<embedded>(embed(hybrid, {"one"}));
  CHECK(far.vectors.front() != ingest::vector(4, 7.0F));
  f.server.tell("next status:400");
  CHECK(std::holds_alternative<reject>(embed(hybrid, {"one"})));
  f.server.end();
  const auto local = std::get<embedded>(embed(hybrid, {"one"}));
  CHECK(local.vectors.front() == ingest::vector(4, 7.0F));
}

}  // namespace
