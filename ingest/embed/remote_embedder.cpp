#include "ingest/embed/remote_embedder.hpp"

#include "base/check.hpp"
#include "ingest/embed/embeddings_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

std::int64_t tokens_of(std::span<const std::string_view> texts) {
  std::int64_t tokens = 0;
  for (const auto text : texts)
    tokens += estimate_tokens(text);
  return tokens;
}

}  // namespace

std::string embedder_name(const remote_embedder_settings& settings) {
  return fmt::format("{}-{}@1", settings.model, settings.dimensions);
}

remote_embedder::remote_embedder(remote_embedder_settings settings,
                                 std::shared_ptr<pipeline::remote::service> from)
    : settings_(std::move(settings)), from_(std::move(from)) {}

std::size_t remote_embedder::first_batch(std::span<const std::string_view> texts) const {
  std::size_t count = 0;
  std::int64_t tokens = 0;
  while (count < std::min(texts.size(), settings_.batch)) {
    tokens += estimate_tokens(texts[count]);
    // One text goes in any case: it is the service that knows what is too long.
    if (count > 0 && tokens > settings_.batch_tokens)
      break;
    ++count;
  }
  return count;
}

embed_result remote_embedder::embed(std::span<const std::string_view> texts,
                                    const context& at) const {
  const auto dimensions =
      settings_.asks_for_dimensions ? std::optional{settings_.dimensions} : std::nullopt;
  embedded all;
  all.vectors.reserve(texts.size());
  while (!texts.empty()) {
    const auto batch = texts.first(first_batch(texts));
    embeddings_answer answer;
    const auto read = [&](std::string_view body) -> pipeline::remote::service::reading {
      answer = read_embeddings(body, batch.size(), settings_.dimensions);
      return {answer.fault, answer.tokens};
    };
    auto came = from_->make({.path = "/embeddings",
                             .body = embeddings_request(settings_.model, dimensions, batch),
                             .tokens = tokens_of(batch),
                             .traceparent = std::string{at.traceparent}},
                            read, at.stop);
    if (auto* refused = std::get_if<reject>(&came))
      return std::move(*refused);
    if (auto* failed = std::get_if<retry>(&came))
      return std::move(*failed);
    if (auto* later = std::get_if<snooze>(&came))
      return std::move(*later);
    std::move(answer.vectors.begin(), answer.vectors.end(), std::back_inserter(all.vectors));
    all.tokens += answer.tokens.value_or(0);
    texts = texts.subspan(batch.size());
  }
  return all;
}

hybrid_embedder::hybrid_embedder(std::shared_ptr<const embedder> remote,
                                 std::shared_ptr<const embedder> local)
    : remote_(std::move(remote)), local_(std::move(local)) {
  MILLRACE_CHECK(remote_->name() == local_->name() && remote_->dimension() == local_->dimension());
}

embed_result hybrid_embedder::embed(std::span<const std::string_view> texts,
                                    const context& at) const {
  auto answer = remote_->embed(texts, at);
  return std::holds_alternative<snooze>(answer) ? local_->embed(texts, at) : answer;
}

}  // namespace millrace::ingest
