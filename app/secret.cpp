#include "app/secret.hpp"

#include "app/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace millrace::app {
namespace {

class secret_reader {
 public:
  secret_reader(const std::string& what, const std::string& setting)
      : what_{what}, setting_{setting} {}

  std::string from_variable(const std::string& name) const {
    const auto* value = std::getenv(name.c_str());
    const auto from = fmt::format("the environment variable {}", name);
    if (value == nullptr)
      throw none(from + " is not set", fmt::format("set it, or change {}_env", setting_));
    return checked(value, from);
  }

  std::string from_file(const std::filesystem::path& path) const {
    const auto from = fmt::format("the file {}", path.string());
    std::ifstream in{path, std::ios::binary};
    std::string secret{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
      throw none(from + " cannot be read",
                 fmt::format("make it readable, or change {}_file", setting_));
    return checked(std::move(secret), from);
  }

 private:
  error none(std::string why, std::string next) const {
    return bad_usage("cannot read " + what_, std::move(why), std::move(next));
  }

  /// It may stand in a header: one line of plain characters.
  std::string checked(std::string secret, const std::string& from) const {
    secret.erase(secret.find_last_not_of(" \t\r\n") + 1);
    if (secret.empty())
      throw none(from + " is empty", "write it there");
    if (std::any_of(secret.begin(), secret.end(), [](char c) { return c <= ' ' || c > '~'; }))
      throw none(from + " holds more than one line of plain characters",
                 "write it there, and nothing else");
    return secret;
  }

  const std::string& what_;
  const std::string& setting_;
};

}  // namespace

std::string read_secret(const std::string& what, const std::string& setting,
                        const secret_place& where) {
  const secret_reader reader{what, setting};
  if (!where.env.empty())
    return reader.from_variable(where.env);
  return where.file.empty() ? std::string{} : reader.from_file(where.file);
}

}  // namespace millrace::app
