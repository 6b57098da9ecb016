#include "net/http/server/request.hpp"

#include <algorithm>

namespace millrace::net {

std::string_view incoming_request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace millrace::net
