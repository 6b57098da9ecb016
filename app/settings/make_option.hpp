#pragma once

#include "app/settings/option.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace millrace::app {

/// The option for what `member` reaches in a `Target`, for reading and for writing; its values are
/// of a kind of app/settings/kinds.hpp.
template <class Target, class Member, class Kind>
option_of<Target> make_option(std::string name, Member member, const Kind& kind, std::string help,
                              std::string derived_default = {}) {
  using value = std::remove_cvref_t<decltype(member(std::declval<Target&>()))>;
  option_of<Target> made{std::move(name),
                         std::move(help),
                         kind.allowed(),
                         std::move(derived_default),
                         [=](const Target& from) { return kind.print(member(from)); },
                         [=](Target& into, std::string_view text) {
                           auto read = kind.template read<value>(text);
                           if (read)
                             member(into) = std::move(*read);
                           return read.has_value();
                         }};
  if constexpr (requires { kind.placed_in(std::string_view{}, std::filesystem::path{}); })
    made.placed_in = [=](std::string_view text, const std::filesystem::path& folder) {
      return kind.placed_in(text, folder);
    };
  return made;
}

}  // namespace millrace::app
