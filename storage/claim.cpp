#include "storage/id_list.hpp"
#include "storage/job_store.hpp"
#include "storage/priorities.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace millrace::storage {
namespace {

/// Priorities that compete in one claim: so many of the highest, and so many of the others in turn.
constexpr int levels_at_once = 16;
/// Priorities that are looked at in one claim.
constexpr int levels_at_most = 1000;

constexpr auto no_level = std::numeric_limits<std::int64_t>::max();
constexpr pipeline::time_point never{pipeline::duration::max()};

}  // namespace

claim_result job_store::claim(const claim_request& request, time_point now) {
  return guarded("cannot claim jobs", [&] {
    transaction tx{on_};
    claim_result result;
    const auto limit = static_cast<std::size_t>(std::max(request.limit, 0));
    claim_order order{rules_.priority_ageing, now};
    auto below = gather_levels(order);
    claim_in_order(order, request, now, result.jobs);
    for (int n = 0; below && result.jobs.size() < limit && n < levels_at_most; ++n) {
      below = add_next_level(order, *below);
      claim_in_order(order, request, now, result.jobs);
    }
    if (!result.jobs.empty()) {
      id_list list{on_.dialect(), result.jobs.size()};
      for (const auto& one : result.jobs)
        list.add(one.id);
      const auto ids = list.finish();
      if (on_.dialect() == dialect::sqlite)
        on_.prepared<>("claim_events").with("ids", ids).with("now", pipeline::to_us(now)).run();
      load_details(result.jobs, ids);
    }
    if (result.jobs.size() < limit)
      result.next_run_at = below ? now : order.next_run_at();
    if (result.jobs.empty() && on_.is_shared())
      result.others_work = std::get<0>(on_.prepared<std::int64_t>("others_work")
                                           .with("runtime", request.runtime)
                                           .first()
                                           .value()) > 0;
    tx.commit();
    return result;
  });
}

/// Where there are more priorities than can compete at once, the lower ones have their turn, so
/// that what has waited there for long is found.
std::optional<std::int64_t> job_store::gather_levels(claim_order& order) {
  std::optional<std::int64_t> below = no_level;
  for (int n = 0; n < levels_at_once; ++n) {
    below = add_next_level(order, *below);
    if (!below)
      return std::nullopt;
  }
  if (rules_.priority_ageing.count() == 0)
    return below;
  auto turn = std::min(level_in_turn_.value_or(*below), *below);
  level_in_turn_.reset();
  for (int n = 0; n < levels_at_once; ++n) {
    const auto next = add_next_level(order, turn);
    if (!next)
      return below;
    turn = *next;
  }
  level_in_turn_ = turn;
  return below;
}

std::optional<std::int64_t> job_store::add_next_level(claim_order& order, std::int64_t below) {
  // Where waiting counts for nothing, it is all the same when the first job is due.
  if (rules_.priority_ageing.count() == 0) {
    const auto next = on_.prepared<std::int64_t>("next_priority").with("below", below).first();
    if (!next)
      return std::nullopt;
    order.add(std::get<0>(*next), time_point::min());
    return std::get<0>(*next);
  }
  const auto next = on_.prepared<std::int64_t, std::int64_t>("next_level")
                        .with("below", below)
                        .with("stages", known_stages_)
                        .first();
  if (!next)
    return std::nullopt;
  const auto [priority, head] = *next;
  if (!order.knows(priority) && pipeline::from_us(head) != never)
    order.add(priority, pipeline::from_us(head));
  return priority;
}

void job_store::claim_in_order(claim_order& order, const claim_request& request, time_point now,
                               std::vector<pipeline::job>& claimed) {
  const auto limit = static_cast<std::size_t>(std::max(request.limit, 0));
  while (claimed.size() < limit) {
    const auto step = order.next();
    if (!step)
      return;
    claim_at(*step, request, now, claimed);
    if (claimed.size() < limit)
      order.went(*step, next_run_at(step->priority, step->until));
  }
}

void job_store::claim_at(const claim_order::step& what, const claim_request& request,
                         time_point now, std::vector<pipeline::job>& claimed) {
  const auto before = claimed.size();
  on_.prepared<std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::int64_t,
               std::int64_t, std::string>("claim")
      .with("runtime", request.runtime)
      .with("priority", what.priority)
      .with("until", pipeline::to_us(what.until))
      .with("limit", static_cast<std::size_t>(request.limit) - before)
      .with("stages", known_stages_)
      .with("now", pipeline::to_us(now))
      .each([&](std::int64_t id, const std::string& in, const std::string& stage,
                std::int64_t epoch, std::int64_t attempt, std::int64_t crashes, std::int64_t run_at,
                const std::string& correlation_id) {
        const auto place = stages_.find(in, stage);
        MILLRACE_CHECK(place);
        auto& job = claimed.emplace_back();
        job.id = id;
        job.pipeline = place->pipeline;
        job.stage = place->stage;
        job.state = pipeline::job_state::working;
        job.epoch = epoch;
        job.attempt = static_cast<int>(attempt);
        job.crashes = static_cast<int>(crashes);
        job.priority = static_cast<int>(what.priority);
        job.run_at = pipeline::from_us(run_at);
        job.correlation_id = correlation_id;
      });
  // RETURNING promises no order.
  std::sort(claimed.begin() + static_cast<std::ptrdiff_t>(before), claimed.end(),
            [](const auto& a, const auto& b) {
              return std::tie(a.run_at, a.id) < std::tie(b.run_at, b.id);
            });
}

void job_store::load_details(std::span<pipeline::job> claimed, std::string_view ids) {
  // The rows come in the order of the ids.
  auto at = claimed.begin();
  on_.prepared<std::int64_t, std::string, std::string>("claim_details")
      .with("ids", ids)
      .each([&](std::int64_t id, const std::string& payload, const std::string& output) {
        at = std::find_if(at, claimed.end(), [&](const auto& one) { return one.id == id; });
        MILLRACE_CHECK(at != claimed.end());
        at->payload = payload;
        at->output = output;
      });
}

std::optional<time_point> job_store::next_run_at(std::int64_t priority, time_point after) {
  const auto next = on_.prepared<std::int64_t>("next_run_at")
                        .with("priority", priority)
                        .with("stages", known_stages_)
                        .with("after", pipeline::to_us(after))
                        .first();
  return next ? std::optional{pipeline::from_us(std::get<0>(*next))} : std::nullopt;
}

std::optional<time_point> job_store::oldest_waiting(time_point now) {
  return guarded("cannot look for waiting jobs", [&] {
    std::optional<time_point> oldest;
    each_priority(on_, [&](std::int64_t priority) {
      const auto since = std::get<0>(on_.prepared<std::int64_t>("waiting_since")
                                         .with("priority", priority)
                                         .with("stages", known_stages_)
                                         .with("now", pipeline::to_us(now))
                                         .first()
                                         .value());
      if (since != 0)
        oldest = std::min(oldest.value_or(now), pipeline::from_us(since));
      return true;
    });
    return oldest;
  });
}

}  // namespace millrace::storage
