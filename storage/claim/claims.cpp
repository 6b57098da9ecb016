#include "storage/claim/claims.hpp"

#include "base/bounds.hpp"
#include "base/json/json_depth.hpp"
#include "base/seeded_fault.hpp"
#include "pipeline/codes.hpp"
#include "storage/children/children.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/claim/set_aside.hpp"
#include "storage/db/id_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {
namespace {

/// Neighbours in the tables are read together, from whichever tenants they are.
std::vector<pipeline::job*> by_id(std::vector<pipeline::job>& jobs) {
  std::vector<pipeline::job*> sorted;
  sorted.reserve(jobs.size());
  for (auto& one : jobs)
    sorted.push_back(&one);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  return sorted;
}

}  // namespace

claim_result claims::claim(const claim_request& request, time_point now) {
  return guarded("cannot claim jobs", [&] {
    transaction tx{context_.on};
    const auto wanted = static_cast<std::size_t>(std::max(request.limit, 0));
    const auto fitting = std::min(wanted, details_.fit_into(request.bytes));
    auto taken = claimer_.take(request.runtime, fitting, request.rooms, now);
    claim_result result{std::move(taken.jobs), taken.next, taken.kept_back};
    result.aside = std::move(taken.aside);
    result.wanting = std::move(taken.wanting);
    if (result.jobs.size() == fitting && fitting < wanted)
      result.kept_back = true;
    if (!result.jobs.empty()) {
      const auto sorted = by_id(result.jobs);
      id_list list{context_.on.dialect(), sorted.size()};
      for (const auto* one : sorted)
        list.add(one->id);
      const auto ids = list.finish();
      if (context_.on.dialect() == dialect::sqlite)
        context_.on.prepared<>("claim_events").with("ids", ids).with("now", to_us(now)).run();
      release_unloaded(result, details_.load(sorted, ids, request.bytes), now);
      load_families(context_.on, context_.pipelines, result.jobs);
      drop_unreadable(result, now);
    }
    tasks_.add_found(taken.family_work);
    // Where it takes long to find out, they may.
    if (result.jobs.empty() && context_.on.is_shared())
      result.others_work = !others_pace_.is_due() || others_pace_.measure([&] {
        return std::get<0>(context_.on.prepared<std::int64_t>("others_work")
                               .with("runtime", request.runtime)
                               .first()
                               .value()) > 0;
      });
    tx.commit();
    return result;
  });
}

void claims::drop_unreadable(claim_result& claimed, time_point now) {
  const auto is_unreadable = [](const pipeline::job& job) {
    return is_too_deep(job.payload) || is_too_deep(job.output);
  };
  const auto bad = std::stable_partition(claimed.jobs.begin(), claimed.jobs.end(),
                                         [&](const auto& job) { return !is_unreadable(job); });
  if (bad == claimed.jobs.end())
    return;
  const pipeline::reject what{
      std::string{pipeline::codes::ROW_INVALID},
      fmt::format("the objects and lists of its {} stand within each other deeper than {}",
                  is_too_deep(bad->payload) ? "payload" : "output", bounds::deepest_json)};
  for (auto at = bad; at != claimed.jobs.end(); ++at)
    claimed.aside.push_back(
        {at->id, context_.pipelines.at(at->pipeline).full_name(at->stage), what.why});
  take_out(claimed, bad, what, now);
  // There was more than has come.
  claimed.next_run_at = now;
}

/// They are larger than those before.
void claims::release_unloaded(claim_result& claimed, const std::set<pipeline::job_id>& unloaded,
                              time_point now) {
  if (unloaded.empty())
    return;
  const auto left =
      std::stable_partition(claimed.jobs.begin(), claimed.jobs.end(),
                            [&](const auto& job) { return !unloaded.contains(job.id); });
  take_out(claimed, left, pipeline::release{"there is no memory for it yet"}, now);
  claimed.kept_back = true;
}

void claims::take_out(claim_result& claimed, std::vector<pipeline::job>::iterator first,
                      const pipeline::transition_event& what, time_point now) {
  std::vector<pending_change> changes;
  for (auto at = first; at != claimed.jobs.end(); ++at) {
    const auto& in = context_.pipelines.at(at->pipeline);
    auto decided = pipeline::apply(*at, what, context_.at(in, now));
    changes.push_back(
        {&*at, &in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
  }
  // What ends here gives its place on a little later (key_watch).
  changes_.write_in_place(changes, now);
  claimed.jobs.erase(first, claimed.jobs.end());
}

passed_over claims::pass_over_refused(const std::string& why, time_point now) {
  constexpr duration while_refused = std::chrono::seconds{30};
  try {
    transaction tx{context_.on};
    passed_over done;
    auto sorted = sort_into_lanes(context_.on, context_.pipelines, now);
    auto& bad = sorted.bad;
    done.has_sorted = sorted.count > 0 || !bad.empty();
    const auto head =
        done.has_sorted || MILLRACE_SEEDED_FAULT("a job that is refused is not set aside")
            ? std::nullopt
            : claimer_.head_in_hand();
    if (head)
      bad.push_back({*head, fmt::format("the database refuses to let it be claimed: {}", why)});
    if (!bad.empty())
      tasks_.add_found(
          set_aside(context_.on, context_.pipelines, context_.stages, bad, now, done.aside));
    tx.commit();
    if (done.has_sorted || head)
      return done;
  } catch (const std::exception&) {
    // The caller tells: nothing is claimed there.
  }
  return {.has_sorted = false,
          .aside = {},
          .leaves_limits = claimer_.leave_in_hand(now + while_refused)};
}

void claims::came_back(const first_places::map& places) {
  for (const auto& [level, at] : places)
    claimer_.came_back(level, at);
}

std::optional<time_point> claims::oldest_waiting(time_point now) {
  if (waiting_pace_.is_due())
    oldest_waiting_ = guarded("cannot look for waiting jobs", [&] {
      return waiting_pace_.measure([&] { return claimer_.oldest_waiting(now); });
    });
  return oldest_waiting_;
}

}  // namespace millrace::storage
