#include "actors/store/duties/duties.hpp"
#include "actors/store/writer_log.hpp"

#include <utility>

namespace millrace::actors {
namespace {

class rescue_duty final : public write_duty {
 public:
  rescue_duty(storage::lease_watch& watch, const storage::process& self,
              std::shared_ptr<incidents> befell)
      : watch_(watch), self_(self), befell_(std::move(befell)) {}

  duty name() const override { return duty::rescue; }
  bool needs_lease() const override { return true; }
  void run(const write_context& at, write_result&) override {
    rescued_ = at.jobs.rescuer.rescue_dead({watch_, at.time, self_, at.runtime}, at.now);
  }
  void committed() override { tell_rescued(rescued_, *befell_); }

 private:
  storage::lease_watch& watch_;
  const storage::process& self_;
  const std::shared_ptr<incidents> befell_;
  storage::rescue_result rescued_;
};

}  // namespace

std::unique_ptr<write_duty> make_rescue_duty(storage::lease_watch& watch,
                                             const storage::process& self,
                                             std::shared_ptr<incidents> befell) {
  return std::make_unique<rescue_duty>(watch, self, std::move(befell));
}

}  // namespace millrace::actors
