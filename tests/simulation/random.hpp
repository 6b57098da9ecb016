#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace millrace::simulation {

/// splitmix64: one number from another, unrelated to its neighbours.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Numbers that follow from a seed alone, on every machine.
class random_source {
 public:
  explicit random_source(std::uint64_t seed) : state_(mix(seed)) {}

  std::uint64_t next() { return mix(state_++); }
  /// Below `limit`, which is not 0.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  duration up_to(duration most) {
    return duration{static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most.count()) + 1))};
  }

 private:
  std::uint64_t state_;
};

/// How far a clock is set: three seconds to a few days, back or forth.
inline duration any_step(std::uint64_t any) {
  const auto exponent = (any >> 1) % 18;
  const auto seconds = 1 + static_cast<std::int64_t>((any >> 8) % (std::uint64_t{1} << exponent));
  return std::chrono::seconds{any % 2 == 0 ? seconds : -seconds} * 3;
}

}  // namespace millrace::simulation
