#include "net/http/server/check_header.hpp"

#include "base/unicode/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace millrace::net {
namespace {

using trouble = std::pair<int, std::string>;

std::size_t count(const incoming_request& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [&](const auto& header) { return header.first == name; }));
}

bool is_word(std::string_view value, std::string_view word) {
  return std::equal(value.begin(), value.end(), word.begin(), word.end(),
                    [](char a, char b) { return ascii_lower(a) == b; });
}

/// Two that read the length differently see different requests (request smuggling).
std::optional<trouble> trouble_in_framing(const incoming_request& request, bool is_http_1_0) {
  const bool has_length = count(request, "content-length") > 0;
  if (has_length && !std::all_of(request.header("content-length").begin(),
                                 request.header("content-length").end(), is_digit))
    return trouble{400, "Content-Length is not a number"};
  if (count(request, "transfer-encoding") == 0)
    return std::nullopt;
  if (has_length)
    return trouble{400, "there are both Content-Length and Transfer-Encoding"};
  if (is_http_1_0)
    return trouble{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (!is_word(request.header("transfer-encoding"), "chunked"))
    return trouble{501, "the only Transfer-Encoding here is chunked"};
  return std::nullopt;
}

}  // namespace

std::optional<trouble> trouble_in_header(const incoming_request& request, bool is_http_1_0) {
  for (const auto* name :
       {"host", "content-length", "transfer-encoding", "content-type", "authorization", "expect"})
    if (count(request, name) > 1)
      return trouble{400, fmt::format("the header {} is there more than once", name)};
  if (auto found = trouble_in_framing(request, is_http_1_0))
    return found;
  if (!is_http_1_0 && count(request, "host") == 0)
    return trouble{400, "HTTP/1.1 needs the header Host"};
  const auto expected = request.header("expect");
  if (!is_http_1_0 && !expected.empty() && !is_word(expected, "100-continue"))
    return trouble{417, "the only expectation met here is 100-continue"};
  return std::nullopt;
}

}  // namespace millrace::net
