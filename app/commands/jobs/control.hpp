#pragma once

#include "app/command.hpp"
#include "pipeline/definition.hpp"
#include "storage/jobs/job_store.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>

/// What the commands share that change jobs and stages by hand.
namespace millrace::app {

/// The database with the job store of a command.
struct control {
  explicit control(const invocation& call);

  pipeline::catalog pipelines;
  std::unique_ptr<storage::connection> on;
  storage::job_store jobs;
};

/// What `pause` and `resume` are about.
struct place {
  std::string pipeline;
  /// storage::every_stage for all of it.
  std::string stage;

  /// For people.
  std::string name() const;
};

/// Its option.
void declare_place(boost::program_options::options_description_easy_init add);

/// The place that the command names. Throws app::error.
place place_to_pause(const invocation& call, const pipeline::catalog& pipelines);

/// The same, or a place that is paused, though the configuration does not know it any more.
place place_to_resume(const invocation& call, control& in);

/// For a command about a job that is not there.
error no_such_job(std::string_view verb, storage::job_id id);

/// Prints what became of the job. Throws app::error when the change was refused.
exit_code tell_change(std::string_view verb, storage::job_id id,
                      const std::variant<pipeline::change, pipeline::rejection>& answer,
                      storage::connection& on);

}  // namespace millrace::app
