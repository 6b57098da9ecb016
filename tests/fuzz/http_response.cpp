#include "net/http/http_response.hpp"

#include "base/unicode/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>

using namespace millrace;
using namespace millrace::net;

/// What is quoted of a service is one short line, and never the secret.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = fuzz::text_of(data, size);
  const auto message = service_message(body);
  fuzz::expect(message.find('\n') == std::string::npos, "one line");
  fuzz::expect(utf8::count(message).points <= 300 + 3, "300 characters and three dots at most");
  constexpr std::string_view secret = "sk-1";
  const http_response answer{
      .how = http_ending::answered, .status = 503, .body = std::string{body}};
  (void)judge(answer);
  const auto said = describe("http://127.0.0.1/v1", answer, secret);
  fuzz::expect(said.find(secret) == std::string::npos, "the secret is not quoted");
  fuzz::expect(said.find('\n') == std::string::npos, "one line");
  return 0;
}
