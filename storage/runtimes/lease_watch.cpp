#include "storage/runtimes/lease_watch.hpp"

#include "base/seeded_fault.hpp"
#include "storage/db/session_limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::storage {
namespace {

/// They see each other's pids.
bool are_neighbours(const process_name& one, const process_name& other) {
  return !one.boot.empty() && one.host == other.host && one.boot == other.boot;
}

duration lingering(duration lease) {
  database_settings settings;
  settings.lease = std::chrono::floor<std::chrono::milliseconds>(lease);
  return limits_of(settings).lingering();
}

/// Of those whose pids say nothing here.
void add_sessions(connection& on, std::vector<holder>& to, const process& self) {
  const auto is_elsewhere = [&](const holder& one) {
    return !one.process.session.empty() && !are_neighbours(one.process, self.name);
  };
  if (!self.sessions || std::none_of(to.begin(), to.end(), is_elsewhere))
    return;
  const auto listed = self.sessions(on);
  if (!listed)
    return;
  for (auto& one : to)
    if (is_elsewhere(one)) {
      const auto found = listed->find(one.process.session);
      one.sessions = found == listed->end() ? listed_sessions{} : found->second;
    }
}

}  // namespace

std::vector<holder> lease_watch::look(std::span<const holder> seen, duration begin, duration end) {
  const auto passed = std::clamp<duration>(begin - looked_at_, duration{0}, most_per_look_);
  std::map<runtime_id, watched> still;
  std::vector<holder> dead;
  for (const auto& one : seen) {
    watched now{.beat = one.beat, .lease_until = one.lease_until};
    const auto found = all_.find(one.id);
    const auto* const before = found == all_.end() ? nullptr : &found->second;
    if (before != nullptr && before->beat == one.beat && before->lease_until == one.lease_until)
      now.silent_for = before->silent_for + passed;
    look_for_sessions(one, before, now, end);
    still.emplace(one.id, now);
    const auto needed =
        MILLRACE_SEEDED_FAULT("the dead are rescued late") ? 2 * one.lease : one.lease;
    const bool is_silent =
        now.silent_for >= needed || MILLRACE_SEEDED_FAULT("the living are rescued");
    if (!one.is_known || one.has_ended || is_silent)
      dead.push_back(one);
  }
  all_ = std::move(still);
  looked_from_ = begin;
  looked_at_ = end;
  return dead;
}

void lease_watch::look_for_sessions(const holder& seen, const watched* before, watched& now,
                                    duration end) const {
  now.sessions = seen.sessions.value_or(listed_sessions{});
  if (before == nullptr)
    return;
  const bool has_renewed = before->beat != now.beat || before->lease_until != now.lease_until;
  const bool has_spoken = has_renewed || (before->sessions.count > 0 &&
                                          now.sessions.heard_at > before->sessions.heard_at);
  now.heard_after = has_spoken ? looked_from_ : before->heard_after;
  if (!seen.sessions || now.sessions.count > 0)
    return;
  if (before->sessions.count == 0)
    now.has_gone = before->has_gone && !has_renewed;
  else
    now.has_gone = now.heard_after && end - *now.heard_after < lingering(seen.lease);
}

bool lease_watch::has_seen_go(runtime_id which) const {
  const auto found = all_.find(which);
  return found != all_.end() && found->second.has_gone;
}

void lease_watch::forget_sessions() {
  for (auto& [unused, one] : all_) {
    one.sessions = {};
    one.has_gone = false;
  }
}

std::vector<holder> list_holders(connection& on, runtime_id but, const process& self) {
  return guarded("cannot see which runtimes hold jobs", [&] {
    std::vector<holder> all;
    on.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                std::string, std::string, std::int64_t, std::string>("list_holders")
        .with("runtime", but)
        .each([&](std::int64_t id, std::int64_t is_known, std::int64_t ended, std::int64_t beat,
                  std::int64_t lease_until, std::int64_t lease_us, const std::string& host,
                  const std::string& boot, std::int64_t pid, const std::string& session) {
          all.push_back({.id = id,
                         .is_known = is_known != 0,
                         .has_ended = ended != 0,
                         .beat = beat,
                         .lease_until = lease_until,
                         .lease = duration{lease_us},
                         .process = {host, boot, pid, session},
                         .sessions = {}});
        });
    add_sessions(on, all, self);
    return all;
  });
}

bool end_silent(connection& on, const holder& silent, time_point now) {
  return guarded("cannot end the lease of a silent runtime", [&] {
    return on.prepared<>("end_silent_runtime")
               .with("runtime", silent.id)
               .with("beat", silent.beat)
               .with("lease_until", silent.lease_until)
               .with("now", to_us(now))
               .run() > 0;
  });
}

bool is_process_gone(const process_name& its, const process& self) {
  if (MILLRACE_SEEDED_FAULT("a crash is charged to the living"))
    return true;
  return are_neighbours(its, self.name) && self.is_gone(its.pid);
}

}  // namespace millrace::storage
