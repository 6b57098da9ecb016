#include "tests/simulation/judge.hpp"

#include <fmt/format.h>

#include <vector>

/// Compares rows of jobs with what their events say that they must be.
namespace millrace::simulation {

using pipeline::job_state;

void judge::give_up(pipeline::job_id id) {
  known_.jobs.erase(id);
  known_.given_up.insert(id);
}

void judge::go_back(const memory& to, time_point now) {
  known_ = to;
  leases_.begin_again(now);
}

/// A job that a schedule made is seen when it is there.
void judge::adopt_scheduled() {
  if (!has_schedules)
    return;
  const auto newest = known_.jobs.empty() ? 0 : known_.jobs.rbegin()->first;
  std::vector<long long> ids(100);
  on_.session() << "select job_id from jobs where job_id > " << newest
                << " order by job_id limit 100",
      soci::into(ids);
  for (const auto id : ids) {
    const auto row = storage::find_job(on_, id).value();
    if (!row.correlation_id.starts_with("schedule:"))
      continue;
    storage::new_job made;
    made.pipeline = pipelines_.find(row.pipeline).value();
    made.payload = row.payload;
    expect(row.id, made, row.created_at);
    if (!known_.scheduled.insert(row.correlation_id).second)
      throw violation{"a schedule makes a time once", row.correlation_id};
  }
}

void judge::on_submission(const std::vector<storage::new_job>& jobs, bool was_accepted) const {
  std::map<std::uint16_t, std::int64_t> depth;
  std::map<std::uint16_t, std::int64_t> counted;
  for (const auto& [unused, j] : known_.jobs)
    if (!has_ended(j.state)) {
      ++depth[j.pipeline];
      counted[j.pipeline] += j.was_sent_back ? 0 : 1;
    }
  for (const auto& one : jobs) {
    ++depth[one.pipeline];
    ++counted[one.pipeline];
  }
  bool is_full = false;
  for (const auto& [which, count] : depth) {
    const auto limit = pipelines_.at(which).queue_limit;
    is_full = is_full || (limit > 0 && count > limit);
    if (was_accepted && limit > 0 && counted[which] > limit)
      throw violation{"limits hold", fmt::format("{} unfinished jobs were accepted, {} may be",
                                                 counted[which], limit)};
  }
  if (!was_accepted && !is_full)
    throw violation{"limits hold", "jobs were refused that there was room for"};
}

void judge::compare_all() {
  std::size_t seen = 0;
  for (const auto& row : storage::list_jobs(on_, {.limit = 1'000'000})) {
    if (known_.given_up.contains(row.id))
      continue;
    compare(row);
    ++seen;
  }
  if (seen != known_.jobs.size())
    throw violation{"no job is lost", fmt::format("{} of {}", seen, known_.jobs.size())};
}

void judge::compare(const storage::job_record& row) {
  const auto found = known_.jobs.find(row.id);
  const auto wrong = [&](const std::string& invariant, const std::string& why) {
    throw violation{invariant,
                    fmt::format("job {} at {} is {}, epoch {}, attempt {}, crashes {}, run_at "
                                "{}: {}",
                                row.id, row.stage, to_string(row.state), row.epoch, row.attempt,
                                row.crashes, to_us(row.run_at), why)};
  };
  if (found == known_.jobs.end())
    wrong("jobs are submitted", "this one was not");
  auto& j = found->second;
  const auto& stage = pipelines_.at(j.pipeline).stages.at(j.stage).name;
  if (j.is_open && (row.state == job_state::queued || row.state == job_state::working))
    j.state = row.state;
  if (row.epoch != j.epoch || row.state != j.state || row.stage != stage ||
      row.cancel_requested != j.cancel_requested)
    wrong("a row is what its events say",
          fmt::format("they say {}, {}, epoch {}", stage, to_string(j.state), j.epoch));
  if (row.attempt != j.attempt)
    wrong("attempts are charged as the table says", fmt::format("it must be {}", j.attempt));
  if (row.crashes < j.least_crashes || row.crashes > j.most_crashes)
    wrong("crashes are charged as the table says",
          fmt::format("{} to {}", j.least_crashes, j.most_crashes));
  j.least_crashes = j.most_crashes = row.crashes;
  if (!has_ended(j.state) && (row.run_at < j.run_at || row.run_at > j.run_at + j.run_at_slack))
    wrong("a job waits for its time", fmt::format("it is {}", to_us(j.run_at)));
  if (!has_ended(j.state)) {
    j.run_at = row.run_at;
    j.run_at_slack = {};
  }
  if (row.claimed_by.has_value() != (row.state == job_state::working))
    wrong("only a job in hand has a holder", "");
  j.claimed_by = row.claimed_by;
  if (row.payload != j.payload || row.output != j.output)
    wrong("effects are there if and only if their transition is",
          fmt::format("the output is '{}' and must be '{}'", row.output, j.output));
}

}  // namespace millrace::simulation
