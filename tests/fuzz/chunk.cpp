#include "base/unicode/utf8.hpp"
#include "ingest/chunk/chunker.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/chunk_faults.hpp"

#include <algorithm>
#include <string>

using namespace millrace::ingest;
using namespace millrace;

namespace {

void expect_none(const std::string& fault) { fuzz::expect(fault.empty(), fault); }

}  // namespace

/// The ranges of the chunks reproduce the text without a gap, whatever the text and the sizes.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  chunk_settings sizes{.target_size = 1 + fuzz::take_byte(text)};
  sizes.max_size = std::max<std::size_t>(4, sizes.target_size + fuzz::take_byte(text));
  sizes.overlap = fuzz::take_byte(text) % sizes.target_size;
  const auto blocks = outline_of_plain(text);
  const auto chunks = chunker{sizes}.split("d", text, blocks);
  expect_none(tests::chunk_fault(text, blocks, chunks, sizes.max_size));
  if (utf8::count(text).broken == 0)
    expect_none(tests::split_code_point(text, chunks));
  return 0;
}
