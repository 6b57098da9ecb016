#include "net/http/server/response.hpp"

#include "base/unicode/ascii.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

namespace millrace::net {
namespace {

bool is_token_character(char c) {
  const char lower = ascii_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_control(char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 127; }

bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

/// Those that the server writes itself.
bool is_own(std::string_view name) {
  constexpr std::array<std::string_view, 4> own{"content-length", "transfer-encoding", "connection",
                                                "date"};
  return std::any_of(own.begin(), own.end(), [&](auto known) { return is_same(known, name); });
}

std::string_view next_after(int status) {
  switch (status) {
    case 408:
      return "send it faster";
    case 413:
      return "send less in one request";
    case 414:
    case 431:
      return "send a shorter header";
    case 500:
      return "see the log of the server";
    case 503:
      return "send it again after Retry-After";
    default:
      return "mend the request, and send it again";
  }
}

}  // namespace

std::string_view title_of(int status) {
  namespace http = boost::beast::http;
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  if (known == http::status::unknown)
    return "Unknown";
  const auto words = http::obsolete_reason(known);
  return {words.data(), words.size()};
}

outgoing_response problem(int status, std::string_view detail) {
  const nlohmann::ordered_json document{
      {"type", "about:blank"}, {"title", title_of(status)},
      {"status", status},      {"code", fmt::format("HTTP_{}", status)},
      {"detail", detail},      {"next", next_after(status)}};
  return {.status = status,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"};
}

bool has_sound_headers(const outgoing_response& response) {
  return std::all_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
    return !header.first.empty() &&
           std::all_of(header.first.begin(), header.first.end(), is_token_character) &&
           std::none_of(header.second.begin(), header.second.end(), is_control);
  });
}

std::string response_head(const outgoing_response& response, body_framing framing, bool closes,
                          time_point now) {
  std::string head;
  const auto to = std::back_inserter(head);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", response.status,
                 title_of(response.status),
                 fmt::gmtime(std::chrono::system_clock::to_time_t(
                     std::chrono::time_point_cast<std::chrono::system_clock::duration>(now))));
  for (const auto& [name, value] : response.headers)
    if (!is_own(name))
      fmt::format_to(to, "{}: {}\r\n", name, value);
  if (framing == body_framing::length)
    fmt::format_to(to, "Content-Length: {}\r\n", response.body.size());
  else if (framing == body_framing::chunks)
    head += "Transfer-Encoding: chunked\r\n";
  if (closes)
    head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

std::string body_chunk(std::string_view piece) {
  return piece.empty() ? "0\r\n\r\n" : fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
}

}  // namespace millrace::net
