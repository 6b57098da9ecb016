#include "storage/claim/claim_order.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace millrace::storage {
namespace {

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

bool goes_before(const standing& a, const standing& b, duration ageing) {
  const auto levels = a.priority - b.priority;
  if (ageing.count() == 0 && levels != 0)
    return levels > 0;
  const auto lead = (b.due - a.due) + head_start(levels, ageing);
  return lead.count() > 0 || (lead.count() == 0 && levels > 0);
}

void claim_order::add(const level& one, time_point head) {
  levels_.push_back({one, head});
  known_.push_back(one);
}

bool claim_order::knows(const level& one) const {
  return std::find(known_.begin(), known_.end(), one) != known_.end();
}

const claim_order::waiting* claim_order::first() const {
  const waiting* best = nullptr;
  for (const auto& one : levels_)
    if (one.head <= now_ &&
        (best == nullptr ||
         goes_before({one.of.priority, one.head}, {best->of.priority, best->head}, ageing_)))
      best = &one;
  return best;
}

/// Until when the jobs of the level are due that go before all others.
time_point claim_order::until(const waiting& best) const {
  auto until = now_;
  for (const auto& other : levels_) {
    const auto levels = best.of.priority - other.of.priority;
    if (&other == &best || other.head > now_ || (ageing_.count() == 0 && levels != 0))
      continue;
    // Of two that count the same, the one of higher priority goes first.
    const duration behind{levels < 0 ? 1 : 0};
    until = std::min(until, due_before(other.head - behind, levels, ageing_, now_));
  }
  return std::max(until, best.head);
}

/// Twice through all levels it is exact; after that it doubles with each step.
duration claim_order::slack() const {
  constexpr duration first_without_ageing = std::chrono::seconds{1};
  const auto exact = 2 * static_cast<int>(known_.size());
  if (steps_ < exact)
    return duration{0};
  return head_start(std::int64_t{1} << std::min(steps_ - exact, 40),
                    ageing_.count() == 0 ? first_without_ageing : ageing_);
}

std::optional<claim_order::step> claim_order::next() {
  const auto* best = first();
  if (best == nullptr)
    return std::nullopt;
  auto due = until(*best);
  due += std::min(slack(), now_ - due);
  ++steps_;
  return step{best->of, due};
}

void claim_order::went(const step& what, std::optional<time_point> next_head) {
  const auto at = std::find_if(levels_.begin(), levels_.end(),
                               [&](const waiting& one) { return one.of == what.of; });
  if (next_head)
    at->head = *next_head;
  else
    levels_.erase(at);
}

void claim_order::drop(std::int64_t lane) {
  std::erase_if(levels_, [&](const waiting& one) { return one.of.lane == lane; });
}

std::optional<time_point> claim_order::next_run_at() const {
  const auto earliest =
      std::min_element(levels_.begin(), levels_.end(),
                       [](const waiting& a, const waiting& b) { return a.head < b.head; });
  return earliest == levels_.end() ? std::nullopt : std::optional{earliest->head};
}

}  // namespace millrace::storage
