#include "storage/jobs/job_store.hpp"

#include <span>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {
namespace {

using hands = std::optional<std::vector<job_id>>;

std::vector<pending_change> changes_of(std::span<const loaded_job> orphans, const hands& running,
                                       const job_rules& rules, time_point now) {
  std::unordered_set<job_id> charged;
  if (running)
    charged.insert(running->begin(), running->end());
  std::vector<pending_change> changes;
  changes.reserve(orphans.size());
  for (const auto& one : orphans) {
    const pipeline::rescue what{.was_in_hand = !running || charged.contains(one.job.id)};
    auto decided = pipeline::apply(one.job, what, {*one.in, now, false, rules.crash_limit});
    changes.push_back(
        {&one.job, one.in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
  }
  return changes;
}

void count(std::span<const pending_change> changes, rescue_result& into) {
  for (const auto& one : changes) {
    ++into.rescued;
    into.poisoned += one.to.state == pipeline::job_state::deadletter ? 1 : 0;
  }
}

}  // namespace

rescue_result job_store::rescue(std::optional<runtime_id> dead, runtime_id keep,
                                const hands& running, time_point now) {
  return guarded("cannot rescue jobs", [&] {
    try {
      return rescue_together(dead, keep, running, now);
    } catch (const error& refused) {
      if (refused.kind() != error_kind::permanent || on_.is_in_transaction())
        throw;
    }
    return rescue_each(dead, keep, running, now);
  });
}

rescue_result job_store::rescue_together(std::optional<runtime_id> dead, runtime_id keep,
                                         const hands& running, time_point now) {
  return guarded("cannot rescue jobs", [&] {
    transaction tx{on_};
    job_loader loader{pipelines_, stages_};
    const auto orphans =
        loader.load(prepared_jobs(on_, dead ? "working_jobs_of" : "working_jobs_not_of")
                        .with("runtime", dead.value_or(keep)));
    auto changes = changes_of(orphans, running, rules_, now);
    write(changes, now);
    rescue_result result;
    count(changes, result);
    tx.commit();
    return result;
  });
}

rescue_result job_store::rescue_each(std::optional<runtime_id> dead, runtime_id keep,
                                     const hands& running, time_point now) {
  job_loader loader{pipelines_, stages_};
  std::vector<loaded_job> orphans;
  {
    transaction tx{on_};
    orphans = loader.load(prepared_jobs(on_, dead ? "working_jobs_of" : "working_jobs_not_of")
                              .with("runtime", dead.value_or(keep)));
    tx.commit();
  }
  auto changes = changes_of(orphans, running, rules_, now);
  rescue_result result;
  for (auto& one : changes) {
    try {
      guarded("cannot rescue a job", [&] {
        transaction tx{on_};
        write(std::span{&one, 1}, now);
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

}  // namespace millrace::storage
