#include "net/http/url.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

namespace millrace::net {
namespace {

struct url_deleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// Letters of other scripts may stand in a host and a path.
bool is_plain_character(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code > ' ' && code != 0x7f;
}

/// Libcurl takes a colon without a port, and three slashes for two.
bool lacks_host_or_port(std::string_view text) {
  const auto host = text.find("://") + 3;
  const auto end = std::min(text.find_first_of("/?#", host), text.size());
  return end == host || text[end - 1] == ':';
}

}  // namespace

bool is_http_url(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://"))
    return false;
  const bool is_plain = std::all_of(text.begin(), text.end(), is_plain_character);
  if (!is_plain || lacks_host_or_port(text))
    return false;
  const std::unique_ptr<CURLU, url_deleter> url{curl_url()};
  if (!url)
    throw std::bad_alloc{};
  return curl_url_set(url.get(), CURLUPART_URL, std::string{text}.c_str(), 0) == CURLUE_OK;
}

}  // namespace millrace::net
