#include "ingest/webhook/verify_signature.hpp"
#include "net/http/server/request_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

using namespace millrace;
using net::request_reader;
using progress = request_reader::progress;

namespace {

// Longer than an input: where a limit is seen depends on the pieces.
constexpr std::size_t header_limit = std::size_t{1} << 24;
constexpr std::size_t body_limit = 1000;

struct reading {
  progress end = progress::wants_more;
  int status = 0;
  net::incoming_request request;
  std::string rest;
};

/// Reads the first request of a text that comes in such pieces.
reading read(std::string_view text, std::size_t piece) {
  request_reader reader{header_limit};
  reading got;
  while (got.end == progress::wants_more && !text.empty()) {
    const auto next = text.substr(0, piece);
    got.rest += next;
    text.remove_prefix(next.size());
    do
      got.end = reader.take(got.rest);
    while (got.end == progress::has_header && reader.limit_body(body_limit));
    if (got.end == progress::has_header)
      got.end = progress::refused;
  }
  got.status = reader.refusal().status;
  got.request = std::move(reader.request());
  got.rest += text;
  return got;
}

}  // namespace

/// A request means the same in whatever pieces it comes, and only a caller that knows the secret is
/// let in.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  const auto piece = std::size_t{1} + fuzz::take_byte(text);
  const auto whole = read(text, std::max<std::size_t>(1, text.size()));
  const auto pieces = read(text, piece);
  fuzz::expect(whole.end == pieces.end && whole.status == pieces.status, "it ends in the same way");
  if (whole.end != progress::is_whole)
    return 0;
  const auto& request = whole.request;
  fuzz::expect(request.method == pieces.request.method &&
                   request.target.path == pieces.request.target.path &&
                   request.headers == pieces.request.headers &&
                   request.body == pieces.request.body && whole.rest == pieces.rest,
               "it says the same");
  fuzz::expect(request.body.size() <= body_limit, "the body has a limit");
  fuzz::expect(request.target.path == "*" || request.target.path.starts_with('/'),
               "the target is a path");
  ingest::webhook_guard guard{"a secret that nobody guesses", std::chrono::minutes{5}};
  const auto found = guard.check({.timestamp = request.header("webhook-timestamp"),
                                  .signature = request.header("webhook-signature"),
                                  .body = request.body,
                                  .path = request.target.path},
                                 time_point{std::chrono::seconds{1'800'000'000}});
  fuzz::expect(found.what == ingest::webhook_guard::finding::refused,
               "a caller that does not know the secret is refused");
  fuzz::expect(!found.why.empty(), "and told why");
  return 0;
}
