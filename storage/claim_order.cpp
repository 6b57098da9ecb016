#include "storage/claim_order.hpp"

#include <algorithm>
#include <limits>

namespace millrace::storage {
namespace {

using pipeline::duration;
using pipeline::time_point;

/// Longer than anything waits, and far from an overflow.
constexpr duration longest{std::numeric_limits<std::int64_t>::max() / 8};

}  // namespace

duration head_start(std::int64_t levels, duration ageing) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(levels, ageing.count(), &product))
    return levels < 0 ? -longest : longest;
  return std::clamp(duration{product}, -longest, longest);
}

time_point due_before(time_point head, std::int64_t levels, duration ageing, time_point now) {
  return now + std::min((head - now) + head_start(levels, ageing), duration{0});
}

void claim_order::add(std::int64_t priority, time_point head) {
  levels_.push_back({priority, head});
  known_.push_back(priority);
}

bool claim_order::knows(std::int64_t priority) const {
  return std::find(known_.begin(), known_.end(), priority) != known_.end();
}

bool claim_order::goes_before(const level& a, const level& b) const {
  if (ageing_.count() == 0 || a.priority == b.priority)
    return a.priority > b.priority;
  const auto lead = (b.head - a.head) + head_start(a.priority - b.priority, ageing_);
  return lead.count() > 0 || (lead.count() == 0 && a.priority > b.priority);
}

const claim_order::level* claim_order::first() const {
  const level* best = nullptr;
  for (const auto& one : levels_)
    if (one.head <= now_ && (best == nullptr || goes_before(one, *best)))
      best = &one;
  return best;
}

/// Twice through all levels it is exact; after that it doubles with each step.
duration claim_order::slack() const {
  const auto exact = 2 * static_cast<int>(known_.size());
  if (steps_ < exact)
    return duration{0};
  return head_start(std::int64_t{1} << std::min(steps_ - exact, 40), ageing_);
}

std::optional<claim_order::step> claim_order::next() {
  const auto* best = first();
  if (best == nullptr)
    return std::nullopt;
  auto until = now_;
  if (ageing_.count() > 0)
    for (const auto& other : levels_)
      if (&other != best && other.head <= now_) {
        // Of two that count the same, the one of higher priority goes first.
        const duration behind{other.priority > best->priority ? 1 : 0};
        until = std::min(
            until, due_before(other.head - behind, best->priority - other.priority, ageing_, now_));
      }
  until = std::max(until, best->head);
  until += std::min(slack(), now_ - until);
  ++steps_;
  return step{best->priority, until};
}

void claim_order::went(const step& what, std::optional<time_point> next_head) {
  const auto at = std::find_if(levels_.begin(), levels_.end(),
                               [&](const level& one) { return one.priority == what.priority; });
  if (next_head)
    at->head = *next_head;
  else
    levels_.erase(at);
}

std::optional<time_point> claim_order::next_run_at() const {
  const auto earliest =
      std::min_element(levels_.begin(), levels_.end(),
                       [](const level& a, const level& b) { return a.head < b.head; });
  return earliest == levels_.end() ? std::nullopt : std::optional{earliest->head};
}

}  // namespace millrace::storage
