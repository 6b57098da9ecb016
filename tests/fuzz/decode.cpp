#include "ingest/files/decode.hpp"

#include "base/unicode/printable.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/pdf/assemble.hpp"
#include "ingest/pdf/read_pages.hpp"
#include "ingest/readers/html_encoding.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace millrace;
using namespace millrace::ingest;

namespace {

void check(std::string_view text) { fuzz::expect(utf8::count(text).broken == 0, "it is UTF-8"); }

}  // namespace

/// Text in whatever encoding becomes UTF-8, or is refused.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  if (const auto text = to_utf8(bytes))
    check(*text);
  check(html_to_utf8(bytes));
  check(from_windows_1252(bytes));
  for (const auto* name : {"utf-8", "utf-16le", "utf-16be", "iso-8859-1", "no such"})
    if (const auto text = from_encoding(bytes, name))
      check(*text);
  const auto shown = printable(bytes);
  check(shown);
  std::vector<pdf_layout::page> pages;
  pdf_layout::page_reader reader{[&](pdf_layout::page&& one) { pages.push_back(std::move(one)); }};
  reader.feed(bytes);
  (void)pdf_layout::assemble(std::move(pages), pdf_layout::read_bookmarks(bytes));
  return 0;
}
