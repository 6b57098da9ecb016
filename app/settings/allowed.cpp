#include "app/settings/allowed.hpp"

#include "net/host_port.hpp"

namespace millrace::app {

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") ==
             std::string_view::npos;
}

bool is_listen_address(std::string_view text) {
  return text.empty() || net::parse_host_port(text).has_value();
}

}  // namespace millrace::app
