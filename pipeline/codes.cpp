#include "pipeline/codes.hpp"

#include <algorithm>
#include <array>

namespace millrace::pipeline::codes {
namespace {

constexpr std::array entries{
#define MILLRACE_CODE(name, meaning, next) entry{#name, meaning, next},
#include "pipeline/codes.def"
#undef MILLRACE_CODE
};

}  // namespace

std::span<const entry> all() { return entries; }

const entry* find(std::string_view name) {
  const auto* at =
      std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.name == name; });
  return at == entries.end() ? nullptr : at;
}

}  // namespace millrace::pipeline::codes
