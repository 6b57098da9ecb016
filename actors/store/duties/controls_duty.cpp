#include "actors/store/duties/duties.hpp"
#include "storage/jobs/paused_stages.hpp"

namespace millrace::actors {
namespace {

class controls_duty final : public write_duty {
 public:
  duty name() const override { return duty::controls; }
  void run(const write_context& at, write_result& result) override {
    result.controls = {at.jobs.control.cancel_requests(at.runtime),
                       storage::paused_stages(at.on, at.jobs.context.pipelines)};
  }
};

}  // namespace

std::unique_ptr<write_duty> make_controls_duty() { return std::make_unique<controls_duty>(); }

}  // namespace millrace::actors
