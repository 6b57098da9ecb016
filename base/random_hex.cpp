#include "base/random_hex.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <iterator>
#include <system_error>
#include <vector>

namespace millrace {

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (::getrandom(random.data(), bytes, 0) != static_cast<ssize_t>(bytes))
    throw std::system_error{errno, std::generic_category(), "getrandom"};
  std::string text;
  for (const auto byte : random)
    fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

}  // namespace millrace
