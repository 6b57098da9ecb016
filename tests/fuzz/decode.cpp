#include "ingest/files/decode.hpp"

#include "base/unicode/printable.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/parse/html_encoding.hpp"
#include "ingest/parse/pdf_text.hpp"
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
  check(pdf_text(shown));
  (void)pdf_text(bytes);
  return 0;
}
