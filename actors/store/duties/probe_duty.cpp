#include "actors/status/probe.hpp"
#include "actors/store/duties/duties.hpp"

#include <utility>

namespace millrace::actors {
namespace {

class probe_duty final : public write_duty {
 public:
  probe_duty(std::filesystem::path data_dir, storage::horizon_watch horizon)
      : data_dir_(std::move(data_dir)), horizon_(std::move(horizon)) {}

  duty name() const override { return duty::probe; }
  void run(const write_context& at, write_result& result) override {
    result.probed = probe(at.jobs.claims, data_dir_, at.now);
    result.probed.horizon = horizon_.look(at.on, at.now, at.time.monotonic());
    result.probed.horizon_age = horizon_.age();
  }
  void leave_out(const write_context&, write_result& result) override {
    result.probed.free_bytes = free_bytes(data_dir_);
    result.probed.trouble = "its state cannot be read: the log says why (DUTY_FAILED)";
  }

 private:
  const std::filesystem::path data_dir_;
  storage::horizon_watch horizon_;
};

}  // namespace

std::unique_ptr<write_duty> make_probe_duty(std::filesystem::path data_dir,
                                            storage::horizon_watch horizon) {
  return std::make_unique<probe_duty>(std::move(data_dir), std::move(horizon));
}

}  // namespace millrace::actors
