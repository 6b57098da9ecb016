#include "actors/claim/intake.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace millrace::actors {
namespace {

/// Of the last batch in what is known of the handler's speed.
constexpr double weight_of_last = 0.25;

}  // namespace

intake::intake(int concurrency, int most, int worthwhile)
    : concurrency_{concurrency},
      most_{most},
      worthwhile_{worthwhile},
      enough_{std::min(2 * concurrency, most)} {}

void intake::begin() {
  under_way_ = 0;
  held_ = 0;
  is_crowded_ = false;
}

void intake::learn(int jobs, duration took, int batch) {
  if (jobs == 0)
    return;
  const auto us = std::max(std::chrono::duration<double, std::micro>{took}.count() / jobs, 0.01);
  job_us_ = job_us_ == 0 ? us : job_us_ + weight_of_last * (us - job_us_);
  const auto in_window =
      concurrency_ * std::chrono::duration<double, std::micro>{window}.count() / job_us_;
  const auto enough = std::max(in_window, 2.0 * concurrency_ * batch);
  enough_ = static_cast<int>(std::min(enough, static_cast<double>(most_)));
}

int intake::room() const { return std::max(0, enough() - held()); }

bool intake::is_hungry() const { return room() >= std::clamp(enough() / 2, 1, worthwhile_); }

storage::stage_rooms rooms_of(const intakes& all) {
  std::vector<std::vector<int>> rooms;
  rooms.reserve(all.size());
  for (const auto& stages : all) {
    auto& of = rooms.emplace_back(stages.size());
    auto least = std::numeric_limits<int>::max();
    for (auto i = stages.size(); i-- > 0;)
      of[i] = least = std::min(least, stages[i]->room());
  }
  return storage::stage_rooms{std::move(rooms)};
}

bool is_hungry(const intakes& all, storage::stage_rooms::place at) {
  const auto& stages = all.at(at.first);
  return std::all_of(stages.begin() + at.second, stages.end(),
                     [](const auto& one) { return one->is_hungry(); });
}

}  // namespace millrace::actors
