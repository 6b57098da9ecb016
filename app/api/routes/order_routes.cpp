#include "app/api/routes/routes.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/jobs/paused_stages.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

namespace millrace::app::api {
namespace {

problem refused(std::int64_t job, std::string why) {
  return problem{409, "ORDER_REFUSED", "the order cannot be carried out", std::move(why),
                 fmt::format("GET /v1/jobs/{} shows where it stands", job)};
}

response place_response(storage::connection& on, const call& in) {
  const auto job = find_visible_job(on, in);
  return view_response(job_place{job.id, job.pipeline, job.stage, job.state, job.cancel_requested});
}

/// Gives an order about the job of the path; `order` takes the controls, the job's id, whose order
/// it is, and the time.
template <class Order>
response change_job(call& in, Order order) {
  const auto& around = in.around();
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible_job(on, in);
    storage::job_store jobs{on, around.pipelines, actors::rules_of(around.config.values.runtime)};
    const storage::control_answer became = order(jobs.control, job.id, in.by(), around.time.now());
    if (const auto* rejected = std::get_if<pipeline::rejection>(&became))
      throw refused(job.id, rejected->why);
    return place_response(on, in);
  });
}

pause_view place_of(const call& in) {
  pause_view at{.pipeline = in.text("pipeline")};
  find_visible_pipeline(in, at.pipeline);
  in.require_no_tenant("a stage serves all tenants, and the token is bound to one");
  if (!in.has("stage"))
    return at;
  at.stage = in.text("stage");
  check_target(in, at.pipeline, *at.stage);
  return at;
}

template <class Order>
response change_stage(call& in, bool paused, Order order) {
  auto at = place_of(in);
  return in.with_database([&](storage::connection& on) {
    storage::job_store jobs{on, in.around().pipelines};
    order(jobs.control, at.pipeline, at.stage.value_or(std::string{storage::every_stage}));
    at.paused = paused;
    return view_response(at);
  });
}

}  // namespace

response cancel_job(call& in) {
  return change_job(in, [](auto& control, auto id, const auto& by, auto now) {
    return control.cancel(id, by, now);
  });
}

response retry_job(call& in) {
  return change_job(in, [](auto& control, auto id, const auto& by, auto now) {
    return control.retry(id, by, now);
  });
}

response replay_job(call& in) {
  return change_job(in, [&](auto& control, auto id, const auto& by, auto now) {
    return control.replay(id, in.text("from"), by, now);
  });
}

response move_job(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto job = find_visible_job(on, in);
    const auto to = in.bound("to_pipeline", in.holder().pipeline);
    check_target(in, to.empty() ? job.pipeline : to, in.text("to"));
    storage::job_store jobs{on, in.around().pipelines,
                            actors::rules_of(in.around().config.values.runtime)};
    const storage::listed_job one{job.id, job.epoch};
    const auto became =
        jobs.bulk.move({&one, 1}, to, in.text("to"), in.by(), in.around().time.now());
    if (became.replayed == 0)
      throw refused(job.id, became.refused.empty() ? "it changed at that moment"
                                                   : became.refused.begin()->first);
    return place_response(on, in);
  });
}

std::uint16_t find_visible_pipeline(const call& in, const std::string& name) {
  const auto known = in.around().pipelines.find(name);
  if (!known || !in.may_see(name, in.holder().tenant))
    throw not_found(fmt::format("no pipeline is named `{}`", name), "GET /v1/stages lists them");
  return *known;
}

void check_target(const call& in, const std::string& pipeline, const std::string& stage) {
  const auto& of = in.around().pipelines.at(find_visible_pipeline(in, pipeline));
  if (!of.find_stage(stage))
    throw not_found(fmt::format("the pipeline `{}` has no stage `{}`", pipeline, stage),
                    "GET /v1/stages lists them");
}

response pause_stage(call& in) {
  return change_stage(in, true, [&](auto& control, const auto& pipeline, const auto& stage) {
    control.pause(pipeline, stage, in.by(), in.around().time.now());
  });
}

response resume_stage(call& in) {
  return change_stage(in, false, [&](auto& control, const auto& pipeline, const auto& stage) {
    control.resume(pipeline, stage, in.by(), in.around().time.now());
  });
}

}  // namespace millrace::app::api
