#include "app/settings/allowed.hpp"

#include "base/unicode/ascii.hpp"
#include "net/host_port.hpp"

#include <algorithm>

namespace millrace::app {

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") ==
             std::string_view::npos;
}

bool is_listen_address(std::string_view text) {
  return text.empty() || net::parse_host_port(text).has_value();
}

bool is_listen_address_or_off(std::string_view text) {
  return text == "off" || net::parse_host_port(text).has_value();
}

bool is_absolute_path(std::string_view text) { return text.starts_with('/'); }

bool is_variable_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_';
         });
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos;
}

bool is_origin(std::string_view text) {
  const auto at = text.find("://");
  const auto scheme = text.substr(0, at);
  return (scheme == "http" || scheme == "https") && at + 3 < text.size() &&
         text.find_first_of("/ ,*", at + 3) == std::string_view::npos;
}

}  // namespace millrace::app
