#include "tests/simulation/lease_judge.hpp"

#include "tests/simulation/violation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

/// Beyond the lease, until the jobs of a dead runtime are rescued.
constexpr duration longest_rescue = 2s;
constexpr duration between_checks = 100ms;

}  // namespace

void lease_judge::look(storage::connection& on, time_point now) {
  constexpr std::size_t most = 1000;
  std::vector<long long> ids(most);
  std::vector<long long> beats(most);
  std::vector<long long> ends(most);
  on.session() << "select runtime_id, beat, ended from runtimes", soci::into(ids),
      soci::into(beats), soci::into(ends);
  std::map<std::int64_t, seen> read;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto before = all_.find(ids[i]);
    const bool is_first = before == all_.end();
    seen one{beats[i], ends[i] != 0, {}};
    if (!is_first && before->second.beat == one.beat)
      one.renewed_at = before->second.renewed_at;
    else if (!is_first || !is_new_)
      one.renewed_at = now;
    const bool is_ended_now = one.has_ended && !is_first && !before->second.has_ended;
    if (is_ended_now && fleet_.is_living_other(ids[i]) && !may_be_rescued(ids[i], now))
      throw violation{"the living are not rescued",
                      fmt::format("the lease of runtime {} is ended", ids[i])};
    read.emplace(ids[i], one);
  }
  all_ = std::move(read);
  is_new_ = false;
}

bool lease_judge::may_be_rescued(std::int64_t runtime, time_point now) const {
  const auto found = all_.find(runtime);
  if (found == all_.end() || found->second.has_ended || !found->second.renewed_at)
    return true;
  return now >= *found->second.renewed_at + fleet_.lease;
}

void lease_judge::require_rescued(const std::map<pipeline::job_id, expected_job>& jobs,
                                  time_point now) {
  if (now < next_check_)
    return;
  next_check_ = now + between_checks;
  const auto watchers = fleet_.watching_since();
  if (watchers.empty())
    return;
  const auto watched_since =
      std::max(began_at_, *std::min_element(watchers.begin(), watchers.end()));
  for (const auto& [id, j] : jobs) {
    if (j.state != pipeline::job_state::working || !j.claimed_by)
      continue;
    const auto died = fleet_.died_at(*j.claimed_by);
    if (died && now > std::max(*died, watched_since) + fleet_.lease + longest_rescue)
      throw violation{"what the dead held is rescued within the lease and two seconds",
                      fmt::format("job {} is still held by runtime {}, which died {} ms ago", id,
                                  *j.claimed_by, (now - *died) / 1ms)};
  }
}

void lease_judge::begin_again(time_point now) {
  all_.clear();
  is_new_ = true;
  began_at_ = now;
}

}  // namespace millrace::simulation
