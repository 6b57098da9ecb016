#include "actors/status/work_tally.hpp"

#include <algorithm>

namespace millrace::actors {
namespace {

/// Handlers may make up codes without end; the rest is counted together.
constexpr std::size_t most_rows = 1000;

}  // namespace

work_tally::totals& work_tally::totals::operator+=(const totals& more) {
  done += more.done;
  dead += more.dead;
  retried += more.retried;
  moved += more.moved;
  fenced += more.fenced;
  return *this;
}

std::int64_t work_tally::row::within_a_minute(std::int64_t number) const {
  std::int64_t sum = 0;
  for (const auto& one : counts)
    if (one.number > number - static_cast<std::int64_t>(cells))
      sum += one.count;
  return sum;
}

void work_tally::add(const totals& more) {
  const std::scoped_lock guard{mutex_};
  all_ += more;
}

void work_tally::add_dead(const std::string& stage, const std::vector<std::string>& dead_of,
                          instant now, time_point at) {
  const auto number =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() /
      cell_seconds;
  const std::scoped_lock guard{mutex_};
  for (const auto& code : dead_of) {
    if (dead_.size() >= most_rows)
      std::erase_if(dead_,
                    [&](const auto& one) { return one.second.within_a_minute(number) == 0; });
    const bool is_full = dead_.size() >= most_rows && !dead_.contains({stage, code});
    auto& to = dead_[{stage, is_full ? "other codes" : code}];
    if (to.within_a_minute(number) == 0)
      to.since = at;
    auto& here = to.counts.at(static_cast<std::size_t>(number) % cells);
    if (here.number != number)
      here = {number, 0};
    ++here.count;
  }
}

work_tally::totals work_tally::all() const {
  const std::scoped_lock guard{mutex_};
  return all_;
}

work_tally::deaths work_tally::lately(instant now) const {
  const auto number =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() /
      cell_seconds;
  deaths found;
  const std::scoped_lock guard{mutex_};
  for (const auto& [where, one] : dead_) {
    const auto count = one.within_a_minute(number);
    found.count += count;
    if (count <= found.of_these)
      continue;
    found.stage = where.first;
    found.code = where.second;
    found.of_these = count;
    found.since = one.since;
  }
  return found;
}

}  // namespace millrace::actors
