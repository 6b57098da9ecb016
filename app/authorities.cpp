#include "app/authorities.hpp"

#include "app/error.hpp"
#include "net/tls/openssl.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace millrace::app {

void check_authorities(const std::string& setting, const std::filesystem::path& file) {
  if (file.empty())
    return;
  std::ifstream in{file, std::ios::binary};
  const std::string pem{std::istreambuf_iterator<char>{in}, {}};
  const auto bad = [&](const char* why) {
    return bad_usage("cannot use " + setting, fmt::format("the file {} {}", file.string(), why),
                     "name a readable file of certificates in PEM, or leave the setting out");
  };
  if (!in)
    throw bad("cannot be read");
  if (net::parse_certificates(pem).empty())
    throw bad("has no certificate in it");
}

}  // namespace millrace::app
