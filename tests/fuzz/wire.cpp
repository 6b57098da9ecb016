#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace millrace;
using namespace millrace::actors;

namespace {

/// What was understood is understood in the same way when it is said again.
template <class Read>
void check_repeats(std::string_view line, Read read) {
  try {
    const auto once = to_line(read(line));
    fuzz::expect(once.ends_with('\n') && once.find('\n') == once.size() - 1, "one line");
    fuzz::expect(to_line(read(std::string_view{once}.substr(0, once.size() - 1))) == once,
                 "it says the same");
  } catch (const wire_error& e) {
    fuzz::expect(!e.why().empty(), "an error says why");
  }
}

template <class Answer>
void check_answer(std::string_view line) {
  check_repeats(line, [](std::string_view of) { return read_answer<Answer>(of); });
}

}  // namespace

/// A line from any client is a request, an answer or an error.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto line = fuzz::text_of(data, size);
  if (const auto said = parse_greeting(line))
    fuzz::expect(may_be_greeting(line), "a greeting may be one");
  check_repeats(line, [](std::string_view of) { return read_request(of); });
  check_answer<runtime_view>(line);
  check_answer<job_view>(line);
  check_answer<order_answer>(line);
  return 0;
}
