#include "net/http/server/request_reader.hpp"

#include "base/unicode/ascii.hpp"
#include "net/http/server/check_header.hpp"
#include "net/http/server/header_scan.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/verb.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace millrace::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using beast_view = boost::beast::string_view;

constexpr std::string_view last_chunk = "0\r\n\r\n";

std::string_view view(beast_view text) { return {text.data(), text.size()}; }

bool has_control(beast_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 127; });
}

/// Whether a request line ends in a version, if one of another HTTP: "HTTP/2.0".
bool has_version(std::string_view line) {
  constexpr std::string_view form = "HTTP/d.d";
  if (line.size() <= form.size())
    return false;
  return std::equal(form.begin(), form.end(), line.end() - form.size(),
                    [](char wanted, char c) { return wanted == 'd' ? is_digit(c) : wanted == c; });
}

}  // namespace

/// What Beast calls with the parts of the request.
class request_reader::parser final : public http::basic_parser<true> {
 public:
  explicit parser(std::size_t limit) : limit_of_header(limit) {
    header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max())));
    // Beast 1.74 takes no limit (boost::none) for one of 0 bytes, and does not check a limit that
    // is set after the header: on_body() does.
    basic_parser::body_limit(std::numeric_limits<std::uint64_t>::max());
    eager(false);
  }

  const std::size_t limit_of_header;
  header_scan scan;
  bool has_blank_line = false;
  bool has_begun = false;
  bool has_header = false;
  int version = 0;
  std::string target;
  incoming_request request;
  std::size_t body_limit = std::numeric_limits<std::size_t>::max();
  refusal_reason why;

  std::string trailers_too_long() const {
    return fmt::format("the trailers have more than {} bytes", limit_of_header);
  }

 private:
  void fail(int status, std::string detail, error_code& ec) {
    why = {status, std::move(detail)};
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, beast_view method, beast_view asked, int spoken,
                       error_code&) override {
    request.method = view(method);
    target = view(asked);
    version = spoken;
  }

  void on_response_impl(int, beast_view, int, error_code&) override {}

  void on_field_impl(http::field, beast_view name, beast_view value, error_code& ec) override {
    // Trailers are no part of the header: they could forge one.
    if (has_header) {
      constexpr std::size_t around_value = 4;
      if ((trailers_size_ += name.size() + value.size() + around_value) > limit_of_header)
        fail(431, trailers_too_long(), ec);
      return;
    }
    auto& [own_name, own_value] = request.headers.emplace_back(view(name), view(value));
    std::transform(own_name.begin(), own_name.end(), own_name.begin(), ascii_lower);
  }

  void on_header_impl(error_code&) override { has_header = true; }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(beast_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t size, beast_view extensions, error_code& ec) override {
    // Beast passes over a line end within quotes, where others see a new chunk.
    if (has_control(extensions))
      fail(400, "there is a control character in a chunk extension", ec);
    else if ((extensions_size_ += extensions.size()) > limit_of_header)
      fail(400, "there are too many chunk extensions", ec);
    else if (size > body_limit - std::min(request.body.size(), body_limit))
      fail(413, fmt::format("the body has more than {} bytes", body_limit), ec);
  }

  std::size_t on_chunk_body_impl(std::uint64_t, beast_view piece, error_code& ec) override {
    return on_body_impl(piece, ec);
  }

  void on_finish_impl(error_code&) override {}

  std::size_t extensions_size_ = 0;
  std::size_t trailers_size_ = 0;
};

request_reader::request_reader(std::size_t header_limit)
    : parser_(std::make_unique<parser>(header_limit)) {}

request_reader::~request_reader() = default;

request_reader::progress request_reader::take(std::string& in) {
  if (!parser_->has_header)
    return take_header(in);
  return parser_->is_done() ? progress::is_whole : take_body(in);
}

request_reader::progress request_reader::take_header(std::string& in) {
  auto& scan = parser_->scan;
  auto found = scan.look(in);
  if (found == header_scan::found::end && scan.size() == 2 && !parser_->has_blank_line) {
    parser_->has_blank_line = true;
    in.erase(0, scan.size());
    scan = {};
    found = scan.look(in);
  }
  parser_->has_begun = !in.empty();
  if (found == header_scan::found::bad_line_end)
    return refuse(400, "a line of the header does not end in CR and LF");
  if (found == header_scan::found::folded_line)
    return refuse(400, "a line of the header begins with a blank");
  if (scan.size() > parser_->limit_of_header)
    return refuse(scan.size_of_first_line() > parser_->limit_of_header ? 414 : 431,
                  fmt::format("the header has more than {} bytes", parser_->limit_of_header));
  if (found == header_scan::found::nothing_yet)
    return progress::wants_more;

  error_code ec;
  const auto used = parser_->put(boost::asio::const_buffer{in.data(), scan.size()}, ec);
  if (ec == http::error::bad_version && has_version(std::string_view{in}.substr(0, in.find('\r'))))
    return refuse(505, "HTTP/1.1 and 1.0 are spoken here");
  if (ec || used != scan.size() || !parser_->has_header)
    return refuse(400, fmt::format("the header is malformed: {}", ec.message()));
  in.erase(0, used);

  auto& request = parser_->request;
  if (auto trouble = trouble_in_header(request, is_http_1_0()))
    return refuse(trouble->first, std::move(trouble->second));
  if (auto target = parse_target(parser_->target))
    request.target = std::move(*target);
  else if (parser_->target == "*" && request.method == "OPTIONS")
    request.target.path = "*";
  else
    return refuse(400, "the target is no path, or has a malformed escape");
  return progress::has_header;
}

request_reader::progress request_reader::take_body(std::string& in) {
  // Beast 1.74 asserts that five bytes have come when it looks at a last chunk again.
  if (parser_->chunked() && in.size() < last_chunk.size() &&
      in.starts_with(last_chunk.substr(0, 3)))
    return progress::wants_more;
  std::size_t used = 0;
  error_code ec;
  while (used < in.size() && !parser_->is_done() && !ec)
    used += parser_->put(boost::asio::const_buffer{in.data() + used, in.size() - used}, ec);
  in.erase(0, used);
  if (ec && ec != http::error::need_more)
    return parser_->why.status != 0
               ? progress::refused
               : refuse(400, fmt::format("the body is malformed: {}", ec.message()));
  if (parser_->is_done())
    return progress::is_whole;
  if (in.size() > parser_->limit_of_header)
    return refuse(431, parser_->trailers_too_long());
  return progress::wants_more;
}

request_reader::progress request_reader::refuse(int status, std::string detail) {
  parser_->why = {status, std::move(detail)};
  return progress::refused;
}

bool request_reader::limit_body(std::size_t limit) {
  parser_->body_limit = limit;
  const auto length = parser_->content_length();
  if (!length || *length <= limit)
    return true;
  refuse(413, fmt::format("the body has more than {} bytes", limit));
  return false;
}

bool request_reader::has_begun() const { return parser_->has_begun; }
incoming_request& request_reader::request() { return parser_->request; }
bool request_reader::has_body() const { return !parser_->is_done(); }
bool request_reader::is_http_1_0() const { return parser_->version == 10; }

bool request_reader::expects_continue() const {
  return !is_http_1_0() && has_body() && !parser_->request.header("expect").empty();
}

bool request_reader::keeps_alive() const { return !is_http_1_0() && parser_->keep_alive(); }

const request_reader::refusal_reason& request_reader::refusal() const { return parser_->why; }

}  // namespace millrace::net
