#include "storage/history/reasons.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <array>

namespace millrace::storage::reasons {
namespace {

constexpr std::array entries{
#define MILLRACE_REASON(name, meaning, next) entry{#name, meaning, next},
#include "storage/history/reasons.def"
#undef MILLRACE_REASON
};

}  // namespace

std::span<const entry> all() { return entries; }

const entry& find(std::string_view name) {
  const auto* at =
      std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.name == name; });
  MILLRACE_CHECK(at != entries.end());
  return *at;
}

}  // namespace millrace::storage::reasons
