#include "net/http/request_parser.hpp"

#include "base/unicode/ascii.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace millrace::net {
namespace {

constexpr int bad_request = 400;
constexpr int length_required = 411;
constexpr int content_too_large = 413;
constexpr int head_too_large = 431;

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case bad_request:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case length_required:
      return "Length Required";
    case content_too_large:
      return "Content Too Large";
    case head_too_large:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

void http_reader::take(std::string_view piece) {
  if (done())
    return;
  // The blank line may have begun in an earlier piece.
  const auto searched = come_.size() < 3 ? 0 : come_.size() - 3;
  come_.append(piece);
  if (!has_head_) {
    const auto end = come_.find("\r\n\r\n", searched);
    if (std::min(end, come_.size()) > head_limit)
      refusal_ = head_too_large;
    if (refusal_ != 0 || end == std::string::npos)
      return;
    has_head_ = true;
    read_head(std::string_view{come_}.substr(0, end + 2));
    come_.erase(0, end + 4);
  }
  if (refusal_ == 0 && come_.size() >= size_) {
    body_ = come_.substr(0, size_);
    is_whole_ = true;
  }
}

void http_reader::read_head(std::string_view head) {
  bool is_first = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (is_first) {
      const auto after_method = line.find(' ');
      const auto after_path = line.rfind(' ');
      if (after_method == after_path || !line.substr(after_path + 1).starts_with("HTTP/1.")) {
        refusal_ = bad_request;
        return;
      }
      method_ = line.substr(0, after_method);
      path_ = line.substr(after_method + 1, after_path - after_method - 1);
    } else if (!read_header(line)) {
      refusal_ = bad_request;
      return;
    }
    is_first = false;
  }
  read_size();
}

bool http_reader::read_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos)
    return false;
  std::string name{line.substr(0, colon)};
  std::transform(name.begin(), name.end(), name.begin(), ascii_lower);
  // Two that differ do not say which one is meant.
  if (name == "content-length" && !header(name).empty())
    return false;
  headers_.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return true;
}

void http_reader::read_size() {
  if (!header("transfer-encoding").empty()) {
    refusal_ = length_required;
    return;
  }
  const auto text = header("content-length");
  if (text.empty())
    return;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), size_);
  if (failure == std::errc::result_out_of_range)
    refusal_ = content_too_large;
  else if (failure != std::errc{} || rest != text.data() + text.size())
    refusal_ = bad_request;
  else if (size_ > body_limit)
    refusal_ = content_too_large;
}

std::string_view http_reader::header(std::string_view name) const {
  const auto at = std::find_if(headers_.begin(), headers_.end(),
                               [&](const auto& one) { return one.first == name; });
  return at == headers_.end() ? std::string_view{} : std::string_view{at->second};
}

std::string http_answer(int status, std::string_view sentence) {
  const auto body = nlohmann::json{{"message", sentence}}.dump() + "\n";
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      status, reason_of(status), body.size(), body);
}

}  // namespace millrace::net
