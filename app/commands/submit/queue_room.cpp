#include "app/commands/submit/queue_room.hpp"

#include "app/commands/wait_until.hpp"
#include "app/error.hpp"
#include "app/terminal/terminal.hpp"
#include "base/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::app {
namespace {

using std::chrono::steady_clock;

std::string describe(const storage::queue_is_full& full) {
  auto text = fmt::format("the queue of {} is full: {} of {} jobs are unfinished", full.pipeline,
                          full.depth, full.limit);
  if (full.room_in)
    text += fmt::format("; at the speed of late there is room in about {}",
                        format_duration(std::chrono::ceil<std::chrono::seconds>(*full.room_in)));
  return text;
}

/// Asks again when the database has changed, but never spends more than a fifth of the time on it.
class patience {
 public:
  explicit patience(storage::connection& on) : on_{on} {}

  template <class Ask>
  bool is_over(Ask ask) {
    const auto begin = steady_clock::now();
    const auto version = on_.data_version();
    if (begin < next_ || version == asked_version_)
      return false;
    asked_version_ = version;
    const bool over = ask();
    next_ = steady_clock::now() + 4 * (steady_clock::now() - begin);
    return over;
  }

 private:
  storage::connection& on_;
  std::int64_t asked_version_ = -1;
  steady_clock::time_point next_{};
};

}  // namespace

std::size_t submit_size(const pipeline::definition& of, std::size_t most) {
  if (of.queue_limit == 0)
    return most;
  return std::clamp<std::size_t>(static_cast<std::size_t>(of.queue_limit) / 4, 1, most);
}

storage::submit_answer submit_when_there_is_room(
    storage::connection& on, bool wait, const std::function<storage::submit_answer()>& submit) {
  auto answer = submit();
  const auto* full = std::get_if<storage::queue_is_full>(&answer);
  if (full == nullptr)
    return answer;
  if (!wait)
    throw error{exit_code::no, "cannot submit", describe(*full),
                "submit again later, or wait for room with --wait; queue_limit in "
                "[pipeline.NAME] says how many there may be"};
  complain("millrace: waiting for room: {}\n", describe(*full));
  patience more{on};
  wait_until([&] {
    return more.is_over([&] {
      answer = submit();
      return !std::holds_alternative<storage::queue_is_full>(answer);
    });
  });
  return answer;
}

}  // namespace millrace::app
