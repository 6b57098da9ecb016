#include "tests/simulation/limit_judge.hpp"

#include "tests/simulation/violation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

/// By how much the clocks of runtimes may differ while limits hold.
constexpr duration clock_difference = 5s;
/// Within it a job is claimed that nothing keeps back.
constexpr duration longest_wait = 30s;
constexpr double rounding = 0.01;
/// Numbers in the place of a stage's.
constexpr int of_tenants = -1;
constexpr int first_key = -2;

double refill(const pipeline::rate& by, duration time) {
  return static_cast<double>(by.jobs) * static_cast<double>(time.count()) /
         static_cast<double>(by.per.count());
}

}  // namespace

template <class Visit>
void limit_judge::each_limit(const expected_job& j, Visit visit) const {
  const auto& stage = pipelines_.at(j.pipeline).stages.at(j.stage);
  if (stage.limit.any())
    visit(key{j.pipeline * 100 + j.stage, {}}, stage.limit);
  if (!j.concurrency_key.empty())
    visit(key{first_key - j.pipeline, j.concurrency_key},
          pipeline::limits{.concurrency =
                               static_cast<int>(pipelines_.at(j.pipeline).key_concurrency)});
  if (j.tenant.empty())
    return;
  if (const auto& limit = rules_.of_tenant(j.tenant).limit; limit.any())
    visit(key{of_tenants, j.tenant}, limit);
}

std::string limit_judge::name(const key& of) const {
  if (of.first == of_tenants)
    return "tenant " + of.second;
  if (of.first <= first_key)
    return fmt::format("key {} of pipeline {}", of.second, first_key - of.first);
  const auto& in = pipelines_.at(static_cast<std::uint16_t>(of.first / 100));
  return fmt::format("stage {} of {}", in.stages.at(static_cast<std::size_t>(of.first % 100)).name,
                     in.name);
}

void limit_judge::on_claim(pipeline::job_id id, const expected_job& j, time_point at) {
  could_start_.erase(id);
  each_limit(j, [&](const key& which, const pipeline::limits& limit) {
    const auto& by = limit.starts;
    if (by.jobs == 0)
      return;
    const auto full = static_cast<double>(by.jobs);
    auto& has = buckets_.try_emplace(which, bucket{by, full, at}).first->second;
    if (!clocks_are_alike_)
      has.tokens = full;
    else if (at > has.at)
      has.tokens = std::min(std::max(has.tokens, full), has.tokens + refill(by, at - has.at));
    has.at = clocks_are_alike_ ? std::max(has.at, at) : at;
    has.tokens -= 1;
    if (has.tokens < -rounding)
      throw violation{"limits hold", fmt::format("job {} starts beyond {} of {}", id,
                                                 pipeline::format_rate(by), name(which))};
  });
}

void limit_judge::clocks_were_set(bool are_alike) {
  clocks_are_alike_ = are_alike;
  // What a slower clock wrote last is refilled once by a faster one.
  for (auto& [unused, one] : buckets_)
    one.tokens = static_cast<double>(one.by.jobs) + refill(one.by, clock_difference);
}

std::map<limit_judge::key, std::int64_t> limit_judge::at_work(const expected_jobs& jobs) const {
  std::map<key, std::int64_t> found;
  for (const auto& [unused, j] : jobs)
    if (j.state == pipeline::job_state::working)
      each_limit(j, [&](const key& which, const auto&) { ++found[which]; });
  return found;
}

void limit_judge::count(const expected_jobs& jobs) const {
  const auto found = at_work(jobs);
  for (const auto& [unused, j] : jobs)
    if (j.state == pipeline::job_state::working)
      each_limit(j, [&](const key& which, const pipeline::limits& limit) {
        if (limit.concurrency > 0 && found.at(which) > limit.concurrency)
          throw violation{"limits hold",
                          fmt::format("{} has {} jobs at work, and may have {}", name(which),
                                      found.at(which), limit.concurrency)};
      });
}

bool limit_judge::has_room(const expected_job& j, const std::map<key, std::int64_t>& at_work,
                           time_point now) const {
  bool room = true;
  each_limit(j, [&](const key& which, const pipeline::limits& limit) {
    const auto work = at_work.find(which);
    if (limit.concurrency > 0 && work != at_work.end() && work->second >= limit.concurrency)
      room = false;
    const auto has = buckets_.find(which);
    if (limit.starts.jobs > 0 && has != buckets_.end() &&
        now < has->second.at + limit.starts.per + clock_difference)
      room = false;
  });
  return room;
}

bool limit_judge::waits_for_key(pipeline::job_id id, const expected_job& j,
                                const expected_jobs& jobs) {
  return !j.concurrency_key.empty() &&
         std::any_of(jobs.begin(), jobs.end(), [&](const auto& other) {
           return other.first != id && other.second.pipeline == j.pipeline &&
                  other.second.concurrency_key == j.concurrency_key &&
                  !has_ended(other.second.state);
         });
}

void limit_judge::require_progress(const expected_jobs& jobs, time_point now) {
  const auto work = at_work(jobs);
  for (const auto& [id, j] : jobs) {
    const bool waits =
        j.state == pipeline::job_state::queued || j.state == pipeline::job_state::retryable;
    if (!waits || j.run_at + j.run_at_slack > now || !has_room(j, work, now) ||
        waits_for_key(id, j, jobs)) {
      could_start_.erase(id);
      continue;
    }
    const auto since = could_start_.try_emplace(id, now).first->second;
    if (now > since + longest_wait)
      throw violation{
          "what may run is not passed over",
          fmt::format("job {} at stage {} waits, and nothing keeps it back", id, j.stage)};
  }
}

}  // namespace millrace::simulation
