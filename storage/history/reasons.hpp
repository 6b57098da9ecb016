#pragma once

#include <span>
#include <string_view>

/// The names of the reasons in storage/history/reasons.def: `reasons::NEXT` is "NEXT".
namespace millrace::storage::reasons {

// NOLINTBEGIN(readability-identifier-naming)
#define MILLRACE_REASON(name, meaning, next) inline constexpr std::string_view name = #name;
#include "storage/history/reasons.def"
#undef MILLRACE_REASON
// NOLINTEND(readability-identifier-naming)

/// One reason with what it means and what to do.
struct entry {
  std::string_view name;
  std::string_view meaning;
  std::string_view next;
};

/// Every reason, in the order of storage/history/reasons.def.
std::span<const entry> all();

/// The entry of that name, one of the names above.
const entry& find(std::string_view name);

}  // namespace millrace::storage::reasons
