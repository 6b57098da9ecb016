#pragma once

#include "app/settings/allowed.hpp"
#include "app/settings/reader.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// Settings `PREFIX.NAME.SETTING`, whose NAMEs the user chooses. The prefix comes with its dot.
template <class Target>
class named_group {
 public:
  /// Both outlive it.
  named_group(std::string_view prefix, const std::vector<option_of<Target>>& options)
      : prefix_{prefix}, options_{options} {}

  bool has(std::string_view key) const { return key.starts_with(prefix_); }

  std::string key_of(std::string_view name, std::string_view setting) const {
    return fmt::format("{}{}.{}", prefix_, name, setting);
  }

  /// Reads the entry, whose key the group has, into what `target_of` answers to its NAME.
  /// Throws app::error where the key or the value is not allowed.
  template <class TargetOf>
  void read(const entry& from, TargetOf target_of) const {
    const auto rest = std::string_view{from.key}.substr(prefix_.size());
    const auto dot = rest.rfind('.');
    const auto name = rest.substr(0, dot);
    const auto* known =
        dot == std::string_view::npos ? nullptr : find(options_, rest.substr(dot + 1));
    if (known == nullptr || !is_plain_name(name))
      refuse_key(from, keys_of(is_plain_name(name) ? name : "NAME"));
    read_into(target_of(name), *known, from);
  }

  /// Adds every setting of the one that is called `name`.
  void list(std::string_view name, const Target& values, const origins& from,
            std::vector<effective>& into) const {
    for (const auto& known : options_) {
      const auto key = key_of(name, known.name);
      into.push_back({key, known.print(values), origin_of(key, from)});
    }
  }

 private:
  std::vector<std::string> keys_of(std::string_view name) const {
    std::vector<std::string> keys;
    for (const auto& known : options_)
      keys.push_back(key_of(name, known.name));
    return keys;
  }

  std::string_view prefix_;
  const std::vector<option_of<Target>>& options_;
};

}  // namespace millrace::app
