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

bool needs_another_submit(std::string_view name) {
  constexpr std::array names{
      PAYLOAD_INVALID, FILE_NAME_INVALID, FILE_TYPE_UNSUPPORTED, FILE_CHANGED,
      FILE_EMPTY,      TEXT_ENCODING,     HTML_TOO_DEEP,         PDF_ENCRYPTED,
      PDF_BROKEN,      PDF_NO_TEXT,       PARSE_EMPTY,           CHUNK_EMPTY,
      FILE_ENCRYPTED,  FILE_DAMAGED,      FILE_EXPANDS_TOO_MUCH, FILE_TOO_DEEP};
  return std::find(names.begin(), names.end(), name) != names.end();
}

const entry* find(std::string_view name) {
  const auto* at =
      std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.name == name; });
  return at == entries.end() ? nullptr : at;
}

}  // namespace millrace::pipeline::codes
