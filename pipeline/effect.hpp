#pragma once

#include "base/time.hpp"
#include "pipeline/child_job.hpp"
#include "pipeline/job.hpp"
#include "pipeline/made_job.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace millrace::storage {
class connection;
}

namespace millrace::pipeline {

/// Effects say what to write together with a transition. Each one may be written again with the
/// same result, and all of one transition are written, or none.
namespace effects {

/// What the stage returned, a JSON document; replaces the job's output.
struct write_output {
  std::string json;
};

/// Makes jobs for parts of the job's work. A later stage of the job may wait for them: `join` of
/// its definition.
struct make_children {
  std::vector<new_child> jobs;
};

/// Makes jobs that are not part of the job's work.
struct make_jobs {
  std::vector<made_job> jobs;
};

}  // namespace effects

/// What an application writes into tables of its own together with a transition.
class application_effect {
 public:
  application_effect() = default;
  virtual ~application_effect() = default;
  application_effect(const application_effect&) = delete;
  application_effect& operator=(const application_effect&) = delete;

  /// Writes on the connection, within the transaction of the transition, which it neither commits
  /// nor rolls back; of other jobs there may be some in the same transaction. A transaction that
  /// fails is tried again, so this may be called several times for one transition. When it throws,
  /// nothing of the transition is written.
  virtual void write(storage::connection& on, job_id job, time_point now) const = 0;
};

using effect = std::variant<effects::write_output, effects::make_children, effects::make_jobs,
                            std::shared_ptr<const application_effect>>;

}  // namespace millrace::pipeline
