#include "actors/store/clock_watch.hpp"

#include "base/log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace millrace::actors {
namespace {

/// Clocks may differ by so much before it is told.
constexpr double tolerated_skew_s = 5;

double in_seconds(duration time) { return std::chrono::duration<double>(time).count(); }

std::string trouble_of(const pipeline::fleet_clock& time) {
  const auto skew = in_seconds(time.skew().value_or(duration{0}));
  if (std::abs(skew) > tolerated_skew_s)
    return fmt::format(
        "the clock of this machine is {:.1f} s {} that of the database's server, which counts",
        std::abs(skew), skew > 0 ? "ahead of" : "behind");
  if (in_seconds(time.ahead()) > tolerated_skew_s)
    return fmt::format("the clock was set back: times are {:.1f} s ahead of it, and less and less",
                       in_seconds(time.ahead()));
  return {};
}

}  // namespace

void clock_watch::follow(storage::connection& on, const storage::process& self) {
  if (time_ == nullptr)
    return;
  const auto begin = time_->monotonic();
  if (const auto server = self.server_time(on))
    time_->follow(*server, begin, time_->monotonic());
}

void clock_watch::go_on_from(storage::connection& on) {
  if (time_ != nullptr && !time_->skew())
    time_->not_before(storage::newest_event_at(on));
}

void clock_watch::tell() {
  if (time_ == nullptr)
    return;
  if (const auto step = time_->take_step(); step.count() != 0)
    log_event(log_level::warning, "CLOCK_STEPPED",
              {{"seconds", fmt::format("{:.1f}", in_seconds(step))},
               {"next", step.count() < 0 ? "times go on from where they were"
                                         : "nothing is deleted as old because of it for a day"}});
  auto trouble = trouble_of(*time_);
  if (trouble.empty() != trouble_.empty())
    log_event(trouble.empty() ? log_level::info : log_level::warning, "CLOCK_DIFFERS",
              {{"what", trouble.empty() ? "the clocks agree again" : trouble}});
  trouble_ = std::move(trouble);
}

}  // namespace millrace::actors
