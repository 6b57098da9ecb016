#include "ingest/words/analyser.hpp"
#include "ingest/words/language.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/ingest/words/term_faults.hpp"

#include <array>
#include <string>

using namespace millrace;

/// Terms are what their header promises, whatever the text and the language.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array languages{"", "en", "de", "ar", "ru", "tr", "hi", "el"};
  auto text = fuzz::text_of(data, size);
  const auto* language = languages.at(fuzz::take_byte(text) % languages.size());
  const auto fault = tests::term_fault(text, language);
  fuzz::expect(fault.empty(), fault);
  ingest::search::language_of("", text);
  return 0;
}
