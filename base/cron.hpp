#pragma once

#include "base/time.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace millrace {

/// When something is due, again and again: five fields as cron's (minute, hour, day of the month,
/// month, day of the week), or one of @yearly, @monthly, @weekly, @daily and @hourly, and then, if
/// you like, a time zone by its name in the IANA database; without one, UTC. A field is `*` or a
/// list of numbers, names (jan, mon) and ranges, each with a step if you like: `*/5`, `mon-fri`,
/// `1,15`. Sunday is 0 or 7. Where neither day field names all its days, either will do. What a
/// field means decides, not how it is spelled: `*` and `0-23` are the same hours.
///
/// When clocks are set forward, a time that is skipped counts as the moment after; when they are
/// set back, a time that comes twice counts once, the first time. A cron with all 24 hours is due
/// each time that the clock shows its minute instead, and so goes on by the hours that pass.
class cron {
 public:
  /// Throws millrace::error for what is no such text, an unknown zone, and a day that never comes.
  explicit cron(std::string_view text);

  /// The first time after that one.
  time_point next(time_point after) const;

  /// As it was written.
  const std::string& text() const { return text_; }

 private:
  std::optional<time_point> find_next(time_point after) const;
  bool is_due_on(std::chrono::local_days day) const;

  std::string text_;
  const date::time_zone* zone_ = nullptr;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  /// From Sunday.
  std::bitset<7> weekdays_;
  bool days_are_any_ = false;
  bool every_hour_ = false;
};

}  // namespace millrace
