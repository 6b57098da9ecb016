#pragma once

#include <span>
#include <string_view>

/// The names of the codes in pipeline/codes.def: `codes::FILE_EMPTY` is "FILE_EMPTY".
namespace millrace::pipeline::codes {

// NOLINTBEGIN(readability-identifier-naming)
#define MILLRACE_CODE(name, meaning, next) inline constexpr std::string_view name = #name;
#include "pipeline/codes.def"
#undef MILLRACE_CODE
// NOLINTEND(readability-identifier-naming)

/// One code with what it means and what to do next.
struct entry {
  std::string_view name;
  std::string_view meaning;
  std::string_view next;
};

/// Every code, in the order of pipeline/codes.def.
std::span<const entry> all();

/// Whether a job that died of it would die of it again wherever it is sent to: what is wrong is in
/// what was submitted, or in the copy of it that was taken in.
bool needs_another_submit(std::string_view name);

/// The entry of that name, or null: handlers of users have codes of their own.
const entry* find(std::string_view name);

}  // namespace millrace::pipeline::codes
