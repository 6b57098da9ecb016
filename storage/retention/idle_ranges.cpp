#include "storage/retention/idle_ranges.hpp"

#include <algorithm>

namespace millrace::storage {
namespace {

/// Ranges side by side become one up to this, or ids that are gone would leave ranges for ever.
constexpr std::size_t most_rows = 1000;

}  // namespace

std::int64_t quiet_ranges::skip(std::int64_t after, time_point now) const {
  auto at = std::lower_bound(ranges_.begin(), ranges_.end(), after,
                             [](const range& one, std::int64_t id) { return one.after < id; });
  for (; at != ranges_.end() && at->after == after && at->quiet_until > now; ++at)
    after = at->until;
  return after;
}

void quiet_ranges::remember(std::int64_t after, std::int64_t until, std::size_t rows,
                            time_point time) {
  const auto first = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const range& one) { return one.until <= after; });
  const auto last = std::partition_point(first, ranges_.end(),
                                         [&](const range& one) { return one.after < until; });
  auto at = ranges_.erase(first, last);
  if (at != ranges_.begin() && std::prev(at)->until == after &&
      std::prev(at)->rows + rows <= most_rows) {
    auto& before = *std::prev(at);
    before.until = until;
    before.rows += rows;
    before.quiet_until = std::min(before.quiet_until, time);
    return;
  }
  ranges_.insert(at, {after, until, rows, time});
}

}  // namespace millrace::storage
