#include "actors/store/duties/duties.hpp"

namespace millrace::actors {
namespace {

class child_duty final : public write_duty {
 public:
  duty name() const override { return duty::children; }
  void run(const write_context& at, write_result&) override { at.jobs.child_work.run(at.now); }
};

}  // namespace

std::unique_ptr<write_duty> make_child_duty() { return std::make_unique<child_duty>(); }

}  // namespace millrace::actors
