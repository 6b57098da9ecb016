#include "app/screen/runtime_client.hpp"

#include <utility>

namespace millrace::app {
namespace {

class attached_source : public runtime_client {
 public:
  explicit attached_source(std::unique_ptr<actors::attachment> on) : on_{std::move(on)} {}

  actors::runtime_view runtime() override { return on_->runtime(); }
  actors::actors_view actors() override { return on_->actors(); }
  actors::stages_view stages() override { return on_->stages(); }
  actors::health_view health() override { return on_->health(); }
  actors::runtimes_view runtimes() override { return on_->runtimes(); }
  actors::services_view services() override { return on_->services(); }
  actors::jobs_view jobs(const actors::get_jobs& filter) override { return on_->jobs(filter); }
  actors::job_view job(pipeline::job_id id) override { return on_->job(id); }
  actors::events_view events(const actors::get_events& filter) override {
    return on_->events(filter);
  }
  actors::order_answer change(const actors::change_order& what) override {
    return on_->change(what);
  }

 private:
  std::unique_ptr<actors::attachment> on_;
};

}  // namespace

std::unique_ptr<runtime_client> as_runtime_client(std::unique_ptr<actors::attachment> on) {
  return std::make_unique<attached_source>(std::move(on));
}

}  // namespace millrace::app
