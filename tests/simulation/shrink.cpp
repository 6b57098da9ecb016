#include "tests/simulation/shrink.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace millrace::simulation {

plan shrink(plan failing, const std::string& invariant, int runs) {
  const auto still_breaks = [&](const plan& fewer) {
    --runs;
    const auto report = simulate(fewer);
    return report.broken && report.broken->invariant() == invariant;
  };
  for (auto size = failing.steps.size(); size > 0 && runs > 0; size /= 2) {
    // From the end: what came after the fault was of no use.
    for (auto end = failing.steps.size(); end > 0 && runs > 0;) {
      const auto begin = end > size ? end - size : 0;
      auto fewer = failing;
      fewer.steps.erase(fewer.steps.begin() + static_cast<std::ptrdiff_t>(begin),
                        fewer.steps.begin() + static_cast<std::ptrdiff_t>(end));
      if (still_breaks(fewer))
        failing = std::move(fewer);
      end = begin;
    }
  }
  return failing;
}

}  // namespace millrace::simulation
