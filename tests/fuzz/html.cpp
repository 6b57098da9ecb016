#include "ingest/document/writer.hpp"
#include "ingest/html/read_html.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <utility>
#include <variant>

using namespace millrace;

/// Whatever the bytes, a page makes a text with an outline that is true for it, or nests too deep.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto read = ingest::read_html({fuzz::text_of(data, size), {}});
  if (auto* page = std::get_if<ingest::tree::document>(&read)) {
    const auto made = ingest::render(std::move(*page));
    fuzz::expect(ingest::fault_of(made.outline, made.text).empty(), "the outline fits the text");
  }
  return 0;
}
