#include "app/api/routes.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <variant>

namespace millrace::app::api {
namespace {

using answer = std::variant<pipeline::change, pipeline::rejection>;

/// Gives an order about the job of the path; `order` takes the store, the job's id, who gives the
/// order, and the time.
template <class Order>
response change_job(call& in, Order order) {
  const auto& around = in.around();
  return in.with_database([&](storage::connection& on) {
    const auto id = in.job_id();
    const auto missing = [&] {
      return not_found(fmt::format("there is no job {}", id),
                       fmt::format("GET /v1/jobs/{}/explain says whether it was ever there", id));
    };
    const auto before = storage::find_job(on, id);
    if (!before || !in.may_see(before->pipeline, before->tenant))
      throw missing();
    storage::job_store jobs{on, around.pipelines, actors::rules_of(around.config.values.runtime)};
    const answer became = order(jobs, id, in.by(), around.time.now());
    if (const auto* refused = std::get_if<pipeline::rejection>(&became))
      throw problem{409, "ORDER_REFUSED", "the order cannot be carried out", refused->why,
                    fmt::format("GET /v1/jobs/{} shows where it stands", id)};
    const auto job = storage::find_job(on, id);
    if (!job)
      throw missing();
    return json_response({{"job_id", job->id},
                          {"pipeline", job->pipeline},
                          {"stage", job->stage},
                          {"state", to_string(job->state)},
                          {"cancel_requested", job->cancel_requested}});
  });
}

struct place {
  std::string pipeline;
  std::string stage;
};

place place_of(const call& in) {
  const auto& pipelines = in.around().pipelines;
  place at{in.text("pipeline"), in.has("stage") ? in.text("stage")
                                                : std::string{storage::every_stage}};
  const auto known = pipelines.find(at.pipeline);
  if (!known)
    throw not_found(fmt::format("no pipeline is named `{}`", at.pipeline),
                    "GET /v1/pipelines lists them");
  if (in.has("stage") && !pipelines.at(*known).find_stage(at.stage))
    throw not_found(fmt::format("the pipeline `{}` has no stage `{}`", at.pipeline, at.stage),
                    "GET /v1/pipelines lists them");
  return at;
}

response tell_place(const place& at, bool is_paused) {
  nlohmann::ordered_json document{{"pipeline", at.pipeline}, {"stage", nullptr}};
  if (at.stage != storage::every_stage)
    document["stage"] = at.stage;
  document["paused"] = is_paused;
  return json_response(document);
}

void require_all_tenants(const call& in, std::string_view pipeline) {
  if (!in.holder().tenant.empty() || !in.may_see(pipeline, {}))
    throw problem{403, "TOKEN_BOUND", "the token does not reach that far",
                  "a stage serves all tenants of its pipeline, and the token is bound",
                  "use a token that is not bound"};
}

}  // namespace

response cancel_job(call& in) {
  return change_job(in, [](auto& jobs, auto id, const auto& by, auto now) {
    return jobs.cancel(id, by, now);
  });
}

response retry_job(call& in) {
  return change_job(in, [](auto& jobs, auto id, const auto& by, auto now) {
    return jobs.retry(id, by, now);
  });
}

response replay_job(call& in) {
  return change_job(in, [&](auto& jobs, auto id, const auto& by, auto now) {
    return jobs.replay(id, in.text("from"), by, now);
  });
}

response pause_stage(call& in) {
  const auto at = place_of(in);
  require_all_tenants(in, at.pipeline);
  return in.with_database([&](storage::connection& on) {
    storage::job_store jobs{on, in.around().pipelines};
    jobs.pause(at.pipeline, at.stage, in.by(), in.around().time.now());
    return tell_place(at, true);
  });
}

response resume_stage(call& in) {
  const auto at = place_of(in);
  require_all_tenants(in, at.pipeline);
  return in.with_database([&](storage::connection& on) {
    storage::job_store jobs{on, in.around().pipelines};
    jobs.resume(at.pipeline, at.stage, in.by(), in.around().time.now());
    return tell_place(at, false);
  });
}

}  // namespace millrace::app::api
