#include "ingest/formats/formats.hpp"

#include "tests/fuzz/fuzz.hpp"

#include <variant>

using namespace millrace::ingest;
using namespace millrace;

namespace {

tree::read_result no_html(std::string_view) { return tree::document{}; }

void expect_answer(const tree::read_result& read) {
  if (const auto* why = std::get_if<tree::unreadable>(&read))
    fuzz::expect(!why->code.empty() && !why->message.empty(), "what is refused has a code");
}

}  // namespace

/// Whatever the bytes, each format reads them or says why not.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  const formats::read_limits limits{
      .max_member_bytes = 1'000'000, .max_total_bytes = 4'000'000, .max_cells = 20'000};
  for (const auto read :
       {formats::read_docx, formats::read_pptx, formats::read_xlsx, formats::read_odt,
        formats::read_ods, formats::read_odp, formats::read_rtf})
    expect_answer(read(bytes, limits));
  expect_answer(formats::read_epub(bytes, limits, no_html));
  expect_answer(formats::read_mbox(bytes, limits, no_html).text);
  static_cast<void>(formats::read_archive(bytes, "a.gz", limits));
  static_cast<void>(formats::type_of_zip(bytes));
  return 0;
}
