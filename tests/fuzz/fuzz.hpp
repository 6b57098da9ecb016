#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What libFuzzer calls with bytes of its own making, and replay.cpp with those of the seeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace millrace::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Takes the first byte off the input, to choose with; 0 when there is none.
inline unsigned take_byte(std::string_view& from) {
  if (from.empty())
    return 0;
  const auto byte = static_cast<unsigned char>(from.front());
  from.remove_prefix(1);
  return byte;
}

/// Ends the process, which is how a finding is told, unless it holds.
inline void expect(bool holds, std::string_view what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace millrace::fuzz
