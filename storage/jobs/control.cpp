#include "base/seeded_fault.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/db/id_list.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/jobs/job_windows.hpp"
#include "storage/jobs/unique_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace millrace::storage {
namespace {

using answer = std::variant<pipeline::change, pipeline::rejection>;

}  // namespace

rescue_result job_store::rescue_dead(const onlooker& by, time_point now) {
  if (!rescue_pace_.is_due())
    return {};
  return guarded("cannot rescue jobs", [&] {
    rescue_result all;
    {
      transaction tx{on_};
      if (!MILLRACE_SEEDED_FAULT("jobs without a holder are left"))
        on_.prepared<>("adopt_unheld").run();
      tx.commit();
    }
    const auto begin = by.time.monotonic();
    const auto holders = rescue_pace_.measure([&] { return list_holders(on_, by.id, by.self); });
    auto dead = by.watch.look(holders, begin, by.time.monotonic());
    if (MILLRACE_SEEDED_FAULT("leases by the wall clock")) {
      dead = holders;
      std::erase_if(dead, [&](const holder& one) { return one.lease_until > to_us(now); });
    }
    for (const auto& one : dead) {
      std::vector<job_id> running;
      rescue_result rescued;
      try {
        transaction tx{on_};
        if (one.is_known && !one.has_ended && !end_silent(on_, one, now)) {
          tx.commit();
          continue;
        }
        if (is_process_gone(one.process, by.self) || by.watch.has_seen_go(one.id))
          on_.prepared<std::int64_t>("in_hand_of").with("runtime", one.id).each([&](job_id id) {
            running.push_back(id);
          });
        rescued = rescue_together(one.id, 0, running, now);
        // Jobs that another session still holds are rescued later, and judged by the same.
        if (std::get<0>(on_.prepared<std::int64_t>("has_working")
                            .with("runtime", one.id)
                            .first()
                            .value()) == 0)
          on_.prepared<>("forget_flights").with("runtime", one.id).run();
        tx.commit();
      } catch (const error& refused) {
        if (refused.kind() != error_kind::permanent || on_.is_in_transaction())
          throw;
        rescued = rescue_each(one.id, 0, running, now);
      }
      all.rescued += rescued.rescued;
      all.poisoned += rescued.poisoned;
      all.refused += rescued.refused;
    }
    return all;
  });
}

std::vector<job_id> job_store::release_lost(runtime_id runtime, std::span<const job_id> held,
                                            time_point now) {
  constexpr std::size_t at_once = 1000;
  return guarded("cannot give back jobs that are lost", [&] {
    std::vector<job_id> lost;
    if (MILLRACE_SEEDED_FAULT("nothing is reconciled") || !held_pace_.is_due())
      return lost;
    held_pace_.measure([&] {
      on_.prepared<std::int64_t>("held_jobs").with("runtime", runtime).each([&](job_id id) {
        if (lost.size() < at_once && !std::binary_search(held.begin(), held.end(), id))
          lost.push_back(id);
      });
    });
    if (lost.empty())
      return lost;
    std::sort(lost.begin(), lost.end());
    id_list ids{on_.dialect(), lost.size()};
    for (const auto id : lost)
      ids.add(id);
    transaction tx{on_};
    job_loader loader{pipelines_, stages_};
    const auto found = loader.load(prepared_jobs(on_, "read_jobs").with("ids", ids.finish()));
    std::vector<pending_change> changes;
    for (const auto& [job, in] : found) {
      if (job.state != pipeline::job_state::working || job.claimed_by != runtime)
        continue;
      auto decided = pipeline::apply(job, pipeline::release{"its runtime did not hold it"},
                                     {*in, now, false, rules_.crash_limit});
      changes.push_back(
          {&job, in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
    }
    write(changes, now);
    lost.clear();
    for (const auto& one : changes)
      lost.push_back(one.job->id);
    made_due_ = made_due_ || !lost.empty();
    tx.commit();
    return lost;
  });
}

void job_store::announce(runtime_id runtime, time_point now) {
  guarded("cannot announce the pipelines", [&] {
    transaction tx{on_};
    std::set<lane_key> lanes;
    for (const auto& one : pipelines_.pipelines()) {
      on_.prepared<>("announce_pipeline")
          .with("pipeline", one.name)
          .with("stage", one.stages.front().name)
          .with("now", to_us(now))
          .run();
      for (const auto& stage : one.stages) {
        on_.prepared<>("serve_stage")
            .with("pipeline", one.name)
            .with("stage", stage.name)
            .with("runtime", runtime)
            .run();
        lanes.insert({one.name, stage.name, {}});
      }
    }
    open_lanes(on_, lanes);
    tx.commit();
  });
}

answer job_store::change_one(job_id id, const pipeline::transition_event& what, time_point now) {
  transaction tx{on_};
  job_loader loader{pipelines_, stages_};
  const auto found = loader.load(prepared_jobs(on_, "read_job").with("job", id));
  if (found.empty()) {
    tx.commit();
    return pipeline::rejection{fmt::format("there is no job {}", id)};
  }
  const auto& [job, in] = found.front();
  if (const auto* back = std::get_if<pipeline::replay>(&what))
    if (auto why = ended_before(on_, job, *in, back->from_stage)) {
      tx.commit();
      return pipeline::rejection{"it " + *why};
    }
  auto decided = pipeline::apply(job, what, {*in, now, false, rules_.crash_limit});
  if (auto* refused = std::get_if<pipeline::rejection>(&decided))
    refused->why = why_refused(*in, std::move(refused->why));
  if (const auto* to = std::get_if<pipeline::change>(&decided);
      to != nullptr && has_ended(job.state) && !has_ended(to->state))
    if (auto refused = retake_key(id))
      decided = std::move(*refused);
  if (auto* to = std::get_if<pipeline::change>(&decided)) {
    std::vector<pending_change> changes{{&job, in, *to, change_result::lost}};
    write(changes, now);
    // The row is held since it was read.
    MILLRACE_CHECK(changes.front().became == change_result::held);
    if (has_ended(job.state) && !has_ended(to->state) && !parents_among(on_, {id}).empty())
      reach_children(id, *in, to->stage);
    tend_at_once(now);
  }
  tx.commit();
  return decided;
}

std::optional<pipeline::rejection> job_store::retake_key(job_id id) {
  const auto refused = retake_keys(on_, {id});
  if (refused.empty())
    return std::nullopt;
  const auto& held = refused.at(id);
  return pipeline::rejection{
      fmt::format("job {} holds its unique key '{}' now", held.job, held.name.key)};
}

answer job_store::cancel(job_id id, const std::string& by, time_point now) {
  return guarded("cannot cancel the job",
                 [&] { return change_one(id, pipeline::cancel{by}, now); });
}

answer job_store::replay(job_id id, const std::string& from_stage, const std::string& by,
                         time_point now) {
  return guarded("cannot replay the job", [&] {
    return send_on(id, pipeline::replay{from_stage, by}, now);
  });
}

answer job_store::retry(job_id id, const std::string& by, time_point now) {
  return guarded("cannot retry the job", [&] { return send_on(id, pipeline::retry_now{by}, now); });
}

answer job_store::run_now(job_id id, const std::string& handler, const std::string& by,
                          time_point now) {
  return guarded("cannot run the job now", [&] {
    return send_on(id, pipeline::run_now{handler, by}, now);
  });
}

answer job_store::send_on(job_id id, const pipeline::transition_event& what, time_point now) {
  transaction tx{on_};
  auto decided = change_one(id, what, now);
  if (std::holds_alternative<pipeline::change>(decided))
    on_.prepared<std::int64_t>("notify_jobs").first();
  tx.commit();
  return decided;
}

std::vector<job_id> job_store::cancel_requests(runtime_id runtime) {
  return guarded("cannot look for cancelled jobs", [&] {
    std::vector<job_id> ids;
    on_.prepared<std::int64_t>("cancel_requests")
        .with("runtime", runtime)
        .each([&](std::int64_t id) { ids.push_back(id); });
    return ids;
  });
}

void job_store::pause(const std::string& in, const std::string& stage, const std::string& by,
                      time_point now) {
  require_stage("cannot pause the stage", in, stage);
  guarded("cannot pause the stage", [&] {
    transaction tx{on_};
    const auto changed = on_.prepared<>("pause_stage")
                             .with("pipeline", in)
                             .with("stage", stage)
                             .with("by", by)
                             .with("now", to_us(now))
                             .run();
    if (changed > 0)
      add_stage_event(in, stage, "paused by " + by, now);
    tx.commit();
  });
}

void job_store::resume(const std::string& in, const std::string& stage, const std::string& by,
                       time_point now) {
  guarded("cannot resume the stage", [&] {
    transaction tx{on_};
    const auto changed =
        on_.prepared<>("resume_stage").with("pipeline", in).with("stage", stage).run();
    // A stage that was renamed while it was paused can be resumed under its old name.
    if (changed == 0)
      require_stage("cannot resume the stage", in, stage);
    else
      add_stage_event(in, stage, "resumed by " + by, now);
    tx.commit();
  });
}

void job_store::require_stage(const char* doing, const std::string& in,
                              const std::string& stage) const {
  const bool is_known =
      stage == every_stage ? pipelines_.find(in).has_value() : stages_.find(in, stage).has_value();
  if (!is_known)
    throw error{error_kind::permanent, doing,
                fmt::format("there is no stage '{}' in a pipeline '{}'", stage, in),
                "see `millrace config` for the pipelines and their stages"};
}

void job_store::add_stage_event(const std::string& in, const std::string& stage,
                                const std::string& message, time_point now) {
  on_.prepared<>("stage_event")
      .with("pipeline", in)
      .with("stage", stage)
      .with("message", message)
      .with("now", to_us(now))
      .run();
}

std::vector<stage_count> job_store::counts() {
  // In windows: SQLite sorts in memory what it groups, and all of a large table would not fit.
  using place = std::tuple<std::string, std::string, std::string>;
  return guarded("cannot count jobs", [&] {
    std::map<place, std::int64_t> sums;
    job_windows all{on_};
    while (const auto some = all.next())
      on_.prepared<std::string, std::string, std::string, std::int64_t>("counts")
          .with("first", some->first)
          .with("last", some->last)
          .each([&](const std::string& in, const std::string& stage, const std::string& state,
                    std::int64_t count) {
            sums[{in, stage, state}] += count;
          });
    std::vector<stage_count> counted;
    for (const auto& [where, count] : sums) {
      const auto& [in, stage, state] = where;
      counted.push_back({in, stage, pipeline::parse_job_state(state).value(), count});
    }
    return counted;
  });
}

}  // namespace millrace::storage
