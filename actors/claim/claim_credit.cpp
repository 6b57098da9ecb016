#include "actors/claim/claim_credit.hpp"

#include <algorithm>

namespace millrace::actors {

int worth_a_claim(const claim_credit_settings& settings) {
  return std::min(settings.claim_batch, std::max(1, settings.in_flight / 4));
}

std::size_t claim_credit::bytes_left() const {
  return settings_.in_flight_bytes - std::min(settings_.in_flight_bytes, used_bytes_);
}

int claim_credit::next_claim() const {
  if (asked_ > 0 || bytes_left() == 0)
    return 0;
  const int free = settings_.in_flight - used_;
  return free >= worth_a_claim(settings_) ? std::min(free, settings_.claim_batch) : 0;
}

int claim_credit::overdue_claim() const {
  return asked_ > 0 || bytes_left() == 0
             ? 0
             : std::min(settings_.in_flight - used_, settings_.claim_batch);
}

void claim_credit::claiming(int jobs) { asked_ = jobs; }

duration claim_credit::claimed(int got, std::optional<time_point> next_run_at, time_point now,
                               bool is_elsewhere) {
  const bool more = got == asked_;
  asked_ = 0;
  used_ += got;
  nothing_left_ = got == 0 && !next_run_at && !is_elsewhere;
  if (more) {
    idle_ = duration{0};
    return idle_;
  }
  idle_ = got > 0 && !is_elsewhere ? settings_.idle_min
                                   : std::clamp(idle_ * 2, settings_.idle_min, settings_.idle_max);
  auto wait = idle_;
  if (next_run_at)
    wait = std::clamp(*next_run_at - now, settings_.idle_min, idle_);
  return wait;
}

}  // namespace millrace::actors
