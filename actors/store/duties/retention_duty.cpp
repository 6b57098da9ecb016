#include "actors/store/duties/duties.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace millrace::actors {
namespace {

class retention_duty final : public write_duty {
 public:
  explicit retention_duty(storage::retention_settings settings) : retention_(std::move(settings)) {}

  duty name() const override { return duty::clean_up; }
  void run(const write_context& at, write_result& result) override {
    // What a step learns counts only when it is committed.
    next_ = retention_;
    const auto began = std::chrono::steady_clock::now();
    result.cleaned = next_->step(at.on, at.time.cautious());
    result.cleaning =
        std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - began);
  }
  void committed() override { retention_ = std::move(*next_); }

 private:
  storage::retention retention_;
  std::optional<storage::retention> next_;
};

}  // namespace

std::unique_ptr<write_duty> make_retention_duty(storage::retention_settings settings) {
  return std::make_unique<retention_duty>(std::move(settings));
}

}  // namespace millrace::actors
