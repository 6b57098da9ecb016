#include "app/api/routes/routes.hpp"
#include "app/commands/jobs/change_in_pieces.hpp"
#include "storage/history/order_event.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/retention/delete_jobs.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace millrace::app::api {
namespace {

bulk_view describe(const call& in, std::span<const storage::listed_job> jobs,
                   const std::vector<storage::ended_count>& counts) {
  bulk_view view{.dry_run = in.flag("dry_run"), .matched = static_cast<std::int64_t>(jobs.size())};
  for (const auto& [pipeline, stage, of, count] : counts)
    view.reached.push_back({pipeline, stage, of, count});
  return view;
}

void add_result(bulk_view& to, const storage::sent_back& became) {
  to.changed = became.replayed;
  to.passed_over = became.changed;
  for (const auto* reasons : {&became.refused, &became.skipped})
    for (const auto& [why, count] : *reasons)
      to.refused.push_back({why, count});
}

std::string describe_filter(const call& in) {
  std::string which;
  for (const auto& [name, value] : in.asked().target.query)
    if (name != "dry_run")
      which += fmt::format("{}{}={}", which.empty() ? "" : ", ", name, value);
  return which;
}

void record_bulk(storage::connection& on, const call& in, std::string_view what,
                 std::size_t count) {
  storage::record_order(
      on,
      fmt::format("{} of {} jobs ({}) is ordered by {}", what, count, describe_filter(in), in.by()),
      in.around().time.now());
}

template <class Filter>
Filter filter_of(const call& in) {
  Filter filter{.pipeline = in.bound("pipeline", in.holder().pipeline),
                .stage = in.text("stage"),
                .code = in.text("code")};
  if (in.has("state"))
    filter.state = pipeline::parse_job_state(in.text("state")).value();
  if (in.has("limit"))
    filter.limit = in.number("limit", 0);
  return filter;
}

/// Gives the order for all that `find` finds, unless it is a trial; `change` takes the store and a
/// piece of the jobs.
template <class Find, class Change>
response change_jobs(call& in, std::string_view what, Find find, Change change) {
  in.require_no_tenant(
      "an order about many jobs reaches all tenants, and the token is bound to one");
  return in.with_database([&](storage::connection& on) {
    const auto found = find(on);
    auto view = describe(in, found.jobs, found.counts);
    if (view.dry_run || found.jobs.empty())
      return view_response(view);
    record_bulk(on, in, what, found.jobs.size());
    storage::job_store jobs{on, in.around().pipelines,
                            actors::rules_of(in.around().config.values.runtime)};
    storage::sent_back sum;
    // What is left when the server ends is not reached.
    change_in_pieces(
        found.jobs, [&](std::size_t) { return !in.around().ending.stop_requested(); },
        [&](auto piece) { sum += change(jobs, piece); });
    add_result(view, sum);
    return view_response(view);
  });
}

}  // namespace

response replay_jobs(call& in) {
  const auto filter = filter_of<storage::ended_filter>(in);
  if (filter.state == pipeline::job_state::done && !in.has("from"))
    throw bad_request("`from` is missing", "name the stage to which jobs that are done go back");
  return change_jobs(
      in, "the replay", [&](auto& on) { return storage::list_ended(on, filter); },
      [&](auto& jobs, auto piece) {
        return jobs.bulk.replay_ended(piece, in.text("from"), in.by(), in.around().time.now());
      });
}

response move_jobs(call& in) {
  const auto filter = filter_of<storage::movable_filter>(in);
  const auto to = in.bound("to_pipeline", in.holder().pipeline);
  const auto target = to.empty() ? filter.pipeline : to;
  if (target.empty())
    throw bad_request("neither `pipeline` nor `to_pipeline` is given",
                      "say of which pipeline the stage is");
  check_target(in, target, in.text("to"));
  return change_jobs(
      in, "the move", [&](auto& on) { return storage::list_movable(on, filter); },
      [&](auto& jobs, auto piece) {
        return jobs.bulk.move(piece, to, in.text("to"), in.by(), in.around().time.now());
      });
}

response cancel_jobs(call& in) {
  const auto filter = filter_of<storage::movable_filter>(in);
  if (filter.pipeline.empty())
    throw bad_request("`pipeline` is missing", "say whose jobs are to be cancelled");
  return change_jobs(
      in, "the end", [&](auto& on) { return storage::list_unfinished(on, filter); },
      [&](auto& jobs, auto piece) {
        return jobs.bulk.cancel(piece, in.by(), in.around().time.now());
      });
}

response delete_jobs(call& in) {
  const auto filter = filter_of<storage::ended_filter>(in);
  return change_jobs(
      in, "the deletion", [&](auto& on) { return storage::list_ended(on, filter); },
      [](auto& jobs, auto piece) { return storage::delete_ended(jobs.context.on, piece); });
}

}  // namespace millrace::app::api
