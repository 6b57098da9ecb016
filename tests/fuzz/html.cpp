#include "base/unicode/utf8.hpp"
#include "ingest/markdown/normalise.hpp"
#include "ingest/parse/html_to_markdown.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace millrace::pipeline;
using namespace millrace;

/// Whatever the bytes, a page makes Markdown in UTF-8, or nests too deep.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto markdown = ingest::html_to_markdown(fuzz::text_of(data, size))) {
    fuzz::expect(utf8::count(*markdown).broken == 0, "Markdown is UTF-8");
    (void)ingest::normalise(*markdown);
  }
  return 0;
}
