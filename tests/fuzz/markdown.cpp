#include "base/unicode/printable.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/document/writer.hpp"
#include "ingest/readers/markdown_tree.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <utility>
#include <variant>

using namespace millrace;

/// Whatever the bytes, Markdown makes a text without characters that do not show and without blanks
/// at the ends of lines, and what the helper writes of it is read as the same.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto read = ingest::read_markdown({fuzz::text_of(data, size), {}});
  auto* document = std::get_if<ingest::tree::document>(&read);
  if (document == nullptr)
    return 0;
  const auto made = ingest::render(std::move(*document));
  fuzz::expect(printable(made.text) == made.text, "every character shows");
  fuzz::expect(made.text.empty() || (made.text.ends_with('\n') && !made.text.ends_with("\n\n")),
               "it ends with one line end");
  fuzz::expect(made.text.find(" \n") == std::string::npos, "no blanks at line ends");
  const auto back = ingest::from_wire(ingest::to_wire(made));
  fuzz::expect(back && std::get<ingest::rendered>(*back).text == made.text, "the wire keeps it");
  return 0;
}
