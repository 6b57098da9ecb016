#include "app/commands/jobs/control.hpp"

#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/paused_stages.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

namespace millrace::app {

control::control(const invocation& call)
    : pipelines{call.config.pipelines},
      on{open_existing(call)},
      jobs{*on, pipelines, actors::rules_of(call.config.values.runtime)} {}

std::string place::name() const {
  return stage == storage::every_stage ? fmt::format("the pipeline {}", pipeline)
                                       : fmt::format("{} of {}", stage, pipeline);
}

void declare_place(boost::program_options::options_description_easy_init add) {
  add("pipeline", boost::program_options::value<std::string>()->value_name("P"),
      "the stage's pipeline, `ingest` if not given; without STAGE all of it");
}

place place_to_pause(const invocation& call, const pipeline::catalog& pipelines) {
  if (call.arguments.empty() && !call.has("pipeline"))
    throw bad_usage("cannot choose what to pause or resume",
                    "neither a STAGE nor a --pipeline is given",
                    "`millrace config` shows the pipelines and their stages");
  const auto& of = pipelines.at(
      find_pipeline(pipelines, call.has("pipeline") ? call.text("pipeline") : "ingest"));
  const auto& whole = call.arguments.empty() ? of.name : call.arguments.front();
  const bool names_pipeline =
      !call.has("pipeline") && pipelines.find(whole) && !of.find_stage(whole);
  if (call.arguments.empty() || names_pipeline)
    return {whole, std::string{storage::every_stage}};
  return {of.name, of.stages.at(find_stage(of, call.arguments.front())).name};
}

place place_to_resume(const invocation& call, control& in) {
  const auto stage =
      call.arguments.empty() ? std::string{storage::every_stage} : call.arguments.front();
  for (const auto& one : storage::paused_stages(*in.on, in.pipelines)) {
    if (one.with_pipeline && in.pipelines.find(one.pipeline))
      continue;
    const bool is_named = call.has("pipeline")
                              ? one.pipeline == call.text("pipeline") && one.stage == stage
                              : one.stage == storage::every_stage && one.pipeline == stage;
    if (is_named)
      return {one.pipeline, one.stage};
  }
  return place_to_pause(call, in.pipelines);
}

error no_such_job(std::string_view verb, storage::job_id id) {
  return {exit_code::no, fmt::format("cannot {} job {}", verb, id),
          fmt::format("there is no job {}", id),
          fmt::format("`millrace jobs` shows the ids; `millrace explain {}` says whether it was "
                      "ever there",
                      id)};
}

exit_code tell_change(std::string_view verb, storage::job_id id,
                      const std::variant<pipeline::change, pipeline::rejection>& answer,
                      storage::connection& on) {
  const auto job = storage::find_job(on, id);
  const auto* refused = std::get_if<pipeline::rejection>(&answer);
  if (refused != nullptr && !job)
    throw no_such_job(verb, id);
  if (refused != nullptr)
    throw error{exit_code::no, fmt::format("cannot {} job {}", verb, id), refused->why,
                fmt::format("`millrace job {}` shows where it stands", id)};
  if (job)
    print("job {} is {} at {}{}\n", id, to_string(job->state), job->stage,
          job->cancel_requested ? ", and is told to end" : "");
  return exit_code::well;
}

}  // namespace millrace::app
