#include "storage/claim/open_writes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

/// Between the clock of the caller, which dates the job, and its first write.
constexpr duration before_write = 100ms;
/// How long a transaction is taken to have been open at the first look.
constexpr duration before_looks = 1s;

}  // namespace

std::optional<time_point> open_writes::look(connection& on, time_point now) {
  const auto began = looked_at_.value_or(now - before_looks) - before_write;
  std::map<std::int64_t, time_point> open;
  on.prepared<std::int64_t>("open_writes").each([&](std::int64_t number) {
    const auto before = open_.find(number);
    open.emplace(number, before == open_.end() ? began : before->second);
  });
  std::optional<time_point> first;
  for (const auto& [number, since] : open_)
    if (!open.contains(number))
      first = std::min(first.value_or(since), since);
  open_ = std::move(open);
  looked_at_ = now;
  return first;
}

}  // namespace millrace::storage
