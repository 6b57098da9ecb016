#include "actors/store/duties/duties.hpp"
#include "actors/store/writer_log.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace millrace::actors {
namespace {

class schedule_duty final : public write_duty {
 public:
  explicit schedule_duty(std::vector<storage::schedule> schedules)
      : schedules_(std::move(schedules)) {}

  duty name() const override { return duty::schedules; }
  bool needs_lease() const override { return true; }
  void run(const write_context& at, write_result& result) override {
    // What a step learns counts only when it is committed.
    next_ = schedules_;
    kept_ = next_->step(at.on, at.jobs, at.now);
    if (kept_.next)
      result.next_schedule = *kept_.next - at.now;
  }
  void leave_out(const write_context&, write_result& result) override {
    result.next_schedule = std::chrono::seconds{1};
  }
  void committed() override {
    schedules_ = std::move(*next_);
    log_fired(kept_.fired);
  }

 private:
  storage::schedule_keeper schedules_;
  std::optional<storage::schedule_keeper> next_;
  storage::schedule_keeper::step_result kept_;
};

}  // namespace

std::unique_ptr<write_duty> make_schedule_duty(std::vector<storage::schedule> schedules) {
  return std::make_unique<schedule_duty>(std::move(schedules));
}

}  // namespace millrace::actors
