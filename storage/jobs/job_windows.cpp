#include "storage/jobs/job_windows.hpp"

#include <algorithm>
#include <tuple>

namespace millrace::storage {

std::optional<job_windows::window> job_windows::next() {
  constexpr std::int64_t width = 20'000;
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  if (!left_)
    return std::nullopt;
  const auto found =
      on_.prepared<std::int64_t>("first_job_from").with("first", left_->first).first();
  const auto first = found ? std::get<0>(*found) : highest;
  if (!found || first > left_->last)
    return std::nullopt;
  const auto last = std::min(left_->last, first > highest - width ? highest : first + width - 1);
  if (last == left_->last)
    left_.reset();
  else
    left_->first = last + 1;
  return window{first, last};
}

}  // namespace millrace::storage
