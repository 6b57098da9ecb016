#include "actors/store/duties/duties.hpp"

#include <utility>

namespace millrace::actors {
namespace {

class rescue_duty final : public write_duty {
 public:
  rescue_duty(storage::lease_watch& watch, const storage::process& self, rescue_listener rescued)
      : watch_(watch), self_(self), tell_(std::move(rescued)) {}

  duty name() const override { return duty::rescue; }
  bool needs_lease() const override { return true; }
  void run(const write_context& at, write_result&) override {
    rescued_ = at.jobs.rescuer.rescue_dead({watch_, at.time, self_, at.runtime}, at.now);
  }
  void committed() override { tell_(rescued_); }

 private:
  storage::lease_watch& watch_;
  const storage::process& self_;
  const rescue_listener tell_;
  storage::rescue_result rescued_;
};

}  // namespace

std::unique_ptr<write_duty> make_rescue_duty(storage::lease_watch& watch,
                                             const storage::process& self,
                                             rescue_listener rescued) {
  return std::make_unique<rescue_duty>(watch, self, std::move(rescued));
}

}  // namespace millrace::actors
