#include "ingest/webhook/verify_signature.hpp"
#include "net/http/request_parser.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <chrono>

using namespace millrace;
using net::http_reader;

namespace {

http_reader read(std::string_view text, std::size_t piece) {
  http_reader reader;
  while (!reader.done() && !text.empty()) {
    const auto next = text.substr(0, piece);
    reader.take(next);
    text.remove_prefix(next.size());
  }
  return reader;
}

}  // namespace

/// A request means the same in whatever pieces it comes, and only a caller that knows the secret is
/// let in.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  const auto piece = std::size_t{1} + fuzz::take_byte(text);
  const auto whole = read(text, std::max<std::size_t>(1, text.size()));
  const auto pieces = read(text, piece);
  fuzz::expect(whole.done() == pieces.done() && whole.refusal() == pieces.refusal(),
               "it ends in the same way");
  if (!whole.done() || whole.refusal() != 0)
    return 0;
  fuzz::expect(whole.method() == pieces.method() && whole.path() == pieces.path() &&
                   whole.body() == pieces.body(),
               "it says the same");
  fuzz::expect(whole.body().size() <= http_reader::body_limit, "the body has a limit");
  ingest::webhook_guard guard{"a secret that nobody guesses", std::chrono::minutes{5}};
  const auto found = guard.check({.timestamp = whole.header("webhook-timestamp"),
                                  .signature = whole.header("webhook-signature"),
                                  .body = whole.body(),
                                  .path = whole.path()},
                                 time_point{std::chrono::seconds{1'800'000'000}});
  fuzz::expect(found.what == ingest::webhook_guard::finding::refused,
               "a caller that does not know the secret is refused");
  fuzz::expect(!found.why.empty(), "and told why");
  return 0;
}
