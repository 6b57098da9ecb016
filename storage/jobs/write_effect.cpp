#include "storage/jobs/write_effect.hpp"

#include "storage/db/translate_errors.hpp"

#include <memory>
#include <variant>

namespace millrace::storage {
namespace {

/// Each leaves the same rows when it is written again.
struct effect_writer {
  connection& on;
  pipeline::job_id job;
  time_point now;

  void operator()(const pipeline::effects::write_output& what) const {
    on.prepared<>("write_output")
        .with("job", job)
        .with("output", what.json)
        .with("now", to_us(now))
        .run();
  }
  void operator()(const pipeline::effects::make_children&) const {}
  void operator()(const pipeline::effects::make_jobs&) const {}
  void operator()(const std::shared_ptr<const pipeline::application_effect>& what) const {
    what->write(on, job, now);
  }
};

}  // namespace

void write_effect(connection& on, pipeline::job_id job, const pipeline::effect& what,
                  time_point now) {
  guarded("cannot write what a stage produced", [&] {
    std::visit(effect_writer{on, job, now}, what);
  });
}

}  // namespace millrace::storage
