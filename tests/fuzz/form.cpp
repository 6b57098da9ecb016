#include "net/http/multipart.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string_view>

using namespace millrace;

/// The first line is the Content-Type, the rest the body. Parts lie in the body, one behind the
/// other; names of files have no folders.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const auto end = text.find('\n');
  const auto body = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  try {
    const auto* at = body.data();
    for (const auto& part : net::parse_form(text.substr(0, end), body, 100)) {
      fuzz::expect(part.bytes.data() >= at, "parts do not overlap");
      at = part.bytes.data() + part.bytes.size();
      fuzz::expect(at <= body.data() + body.size(), "a part lies in the body");
      fuzz::expect(part.file_name.find_first_of("/\\") == std::string::npos, "no folders");
    }
  } catch (const net::form_error& e) {
    fuzz::expect(*e.what() != '\0', "an error says why");
  }
  return 0;
}
