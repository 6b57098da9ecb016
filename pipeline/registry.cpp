#include "pipeline/registry.hpp"

#include "base/error.hpp"
#include "base/secrets.hpp"
#include "pipeline/join.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace millrace::pipeline {

void registry::add(std::string name, handler work, handler_traits traits) {
  add_kind(
      name,
      [name, work = std::move(work)](std::string_view argument, const place&) {
        if (!argument.empty())
          throw error{fmt::format("bad handler {}:{}", name, without_secrets(argument)),
                      "it takes no argument", "remove what stands after the colon"};
        return work;
      },
      traits);
}

void registry::add_kind(std::string name, factory make, handler_traits traits) {
  if (!entries_.try_emplace(name, entry{std::move(make), traits}).second)
    throw error{fmt::format("cannot add handler {}", name), "the name is taken",
                "choose another name"};
}

registry::found registry::make(std::string_view spec, const place& where) const {
  const auto colon = spec.find(':');
  const auto name = spec.substr(0, colon);
  const auto argument = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
  const auto at = entries_.find(name);
  if (at == entries_.end()) {
    std::vector<std::string_view> known;
    for (const auto& [one, unused] : entries_)
      known.push_back(one);
    throw error{fmt::format("unknown handler {}", name), "nothing of that name is registered",
                fmt::format("known handlers: {}", fmt::join(known, ", "))};
  }
  auto work = at->second.make(argument, where);
  if (where.stage.join != join_policy::none)
    work = join_first(std::move(work), where.stage.join);
  return {std::move(work), at->second.traits};
}

}  // namespace millrace::pipeline
