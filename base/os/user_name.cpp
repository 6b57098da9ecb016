#include "base/os/user_name.hpp"

#include <fmt/format.h>
#include <pwd.h>

#include <array>

namespace millrace {

std::string user_name(uid_t user) {
  std::array<char, 4096> text{};
  passwd found{};
  passwd* is_there = nullptr;
  if (::getpwuid_r(user, &found, text.data(), text.size(), &is_there) == 0 && is_there != nullptr)
    return found.pw_name;
  return fmt::format("uid {}", user);
}

}  // namespace millrace
