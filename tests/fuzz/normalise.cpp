#include "ingest/markdown/normalise.hpp"

#include "base/unicode/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace millrace::pipeline;
using namespace millrace;

/// Normalising twice changes nothing, and leaves UTF-8 without white space at the ends of lines.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto once = ingest::normalise(fuzz::text_of(data, size));
  fuzz::expect(ingest::normalise(once) == once, "normalising twice changes nothing");
  fuzz::expect(utf8::count(once).broken == 0, "it is UTF-8");
  fuzz::expect(once.empty() || (once.ends_with('\n') && !once.ends_with("\n\n")),
               "it ends with one line end");
  for (const auto* bad : {" \n", "\r", "\n\n\n"})
    fuzz::expect(once.find(bad) == std::string::npos, "no blanks at line ends, one blank line");
  return 0;
}
