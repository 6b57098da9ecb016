#include "storage/jobs/rescuer.hpp"

#include "base/seeded_fault.hpp"
#include "storage/db/id_list.hpp"
#include "storage/jobs/job_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <variant>

namespace millrace::storage {
namespace {

using known_running = std::optional<std::vector<job_id>>;

std::vector<pending_change> changes_of(std::span<const loaded_job> orphans,
                                       const known_running& running, const job_context& context,
                                       time_point now) {
  std::unordered_set<job_id> charged;
  if (running)
    charged.insert(running->begin(), running->end());
  std::vector<pending_change> changes;
  changes.reserve(orphans.size());
  for (const auto& one : orphans) {
    const pipeline::rescue what{.was_in_hand = !running || charged.contains(one.job.id)};
    auto decided = pipeline::apply(one.job, what, context.at(*one.in, now));
    changes.push_back(
        {&one.job, one.in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
  }
  return changes;
}

void count(std::span<const pending_change> changes, rescue_result& into) {
  for (const auto& one : changes) {
    ++into.rescued;
    if (one.to.state == pipeline::job_state::deadletter)
      into.poisoned.push_back(one.job->id);
    else if (one.to.state == pipeline::job_state::cancelled)
      into.cancelled.push_back(one.job->id);
  }
}

}  // namespace

rescue_result rescuer::rescue(std::optional<runtime_id> dead, runtime_id keep,
                              const known_running& running, time_point now) {
  return guarded("cannot rescue jobs", [&] {
    try {
      return rescue_together(dead, keep, running, now);
    } catch (const error& refused) {
      if (refused.kind() != error_kind::permanent || context_.on.is_in_transaction())
        throw;
    }
    return rescue_each(dead, keep, running, now);
  });
}

rescue_result rescuer::rescue_together(std::optional<runtime_id> dead, runtime_id keep,
                                       const known_running& running, time_point now) {
  return guarded("cannot rescue jobs", [&] {
    transaction tx{context_.on};
    job_loader loader{context_.pipelines, context_.stages};
    const auto orphans =
        loader.load(prepared_jobs(context_.on, dead ? "working_jobs_of" : "working_jobs_not_of")
                        .with("runtime", dead.value_or(keep)));
    auto changes = changes_of(orphans, running, context_, now);
    changes_.write(changes, now);
    rescue_result result;
    count(changes, result);
    tx.commit();
    return result;
  });
}

rescue_result rescuer::rescue_each(std::optional<runtime_id> dead, runtime_id keep,
                                   const known_running& running, time_point now) {
  job_loader loader{context_.pipelines, context_.stages};
  std::vector<loaded_job> orphans;
  {
    transaction tx{context_.on};
    orphans =
        loader.load(prepared_jobs(context_.on, dead ? "working_jobs_of" : "working_jobs_not_of")
                        .with("runtime", dead.value_or(keep)));
    tx.commit();
  }
  auto changes = changes_of(orphans, running, context_, now);
  rescue_result result;
  for (auto& one : changes) {
    try {
      guarded("cannot rescue a job", [&] {
        transaction tx{context_.on};
        changes_.write(std::span{&one, 1}, now);
        tx.commit();
      });
      count(std::span{&one, 1}, result);
    } catch (const error& refused) {
      if (refused.kind() != error_kind::permanent)
        throw;
      ++result.refused;
    }
  }
  return result;
}

rescue_result rescuer::rescue_dead(const onlooker& by, time_point now) {
  if (!rescue_pace_.is_due())
    return {};
  return guarded("cannot rescue jobs", [&] {
    rescue_result all;
    {
      transaction tx{context_.on};
      if (!MILLRACE_SEEDED_FAULT("jobs without a holder are left"))
        context_.on.prepared<>("adopt_unheld").run();
      tx.commit();
    }
    const auto begin = by.time.monotonic();
    const auto holders =
        rescue_pace_.measure([&] { return list_holders(context_.on, by.id, by.self); });
    auto dead = by.watch.look(holders, begin, by.time.monotonic());
    if (MILLRACE_SEEDED_FAULT("leases by the wall clock")) {
      dead = holders;
      std::erase_if(dead, [&](const holder& one) { return one.lease_until > to_us(now); });
    }
    for (const auto& one : dead) {
      const auto rescued = rescue_one(one, by, now);
      all.rescued += rescued.rescued;
      all.poisoned.insert(all.poisoned.end(), rescued.poisoned.begin(), rescued.poisoned.end());
      all.cancelled.insert(all.cancelled.end(), rescued.cancelled.begin(), rescued.cancelled.end());
      all.refused += rescued.refused;
    }
    return all;
  });
}

/// A runtime that has been seen to be dead.
rescue_result rescuer::rescue_one(const holder& dead, const onlooker& by, time_point now) {
  std::vector<job_id> running;
  rescue_result rescued;
  try {
    transaction tx{context_.on};
    if (dead.is_known && !dead.has_ended && !end_silent(context_.on, dead, now)) {
      tx.commit();
      return rescued;
    }
    if (is_process_gone(dead.process, by.self) || by.watch.has_seen_go(dead.id))
      context_.on.prepared<std::int64_t>("in_hand_of")
          .with("runtime", dead.id)
          .each([&](job_id id) { running.push_back(id); });
    rescued = rescue_together(dead.id, 0, running, now);
    // Jobs that another session still holds are rescued later, and judged by the same.
    if (std::get<0>(context_.on.prepared<std::int64_t>("has_working")
                        .with("runtime", dead.id)
                        .first()
                        .value()) == 0)
      context_.on.prepared<>("forget_flights").with("runtime", dead.id).run();
    tx.commit();
  } catch (const error& refused) {
    if (refused.kind() != error_kind::permanent || context_.on.is_in_transaction())
      throw;
    rescued = rescue_each(dead.id, 0, running, now);
  }
  return rescued;
}

std::vector<job_id> rescuer::release_lost(runtime_id runtime, std::span<const job_id> held,
                                          time_point now) {
  constexpr std::size_t at_once = 1000;
  return guarded("cannot give back jobs that are lost", [&] {
    std::vector<job_id> lost;
    if (MILLRACE_SEEDED_FAULT("nothing is reconciled") || !held_pace_.is_due())
      return lost;
    held_pace_.measure([&] {
      context_.on.prepared<std::int64_t>("held_jobs").with("runtime", runtime).each([&](job_id id) {
        if (lost.size() < at_once && !std::binary_search(held.begin(), held.end(), id))
          lost.push_back(id);
      });
    });
    if (lost.empty())
      return lost;
    std::sort(lost.begin(), lost.end());
    id_list ids{context_.on.dialect(), lost.size()};
    for (const auto id : lost)
      ids.add(id);
    transaction tx{context_.on};
    job_loader loader{context_.pipelines, context_.stages};
    const auto found =
        loader.load(prepared_jobs(context_.on, "read_jobs").with("ids", ids.finish()));
    std::vector<pending_change> changes;
    for (const auto& [job, in] : found) {
      if (job.state != pipeline::job_state::working || job.claimed_by != runtime)
        continue;
      auto decided = pipeline::apply(job, pipeline::release{"its runtime did not hold it"},
                                     context_.at(*in, now));
      changes.push_back(
          {&job, in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
    }
    changes_.write(changes, now);
    lost.clear();
    for (const auto& one : changes)
      lost.push_back(one.job->id);
    changes_.add_due(lost.size());
    tx.commit();
    return lost;
  });
}

}  // namespace millrace::storage
