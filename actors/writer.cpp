#include "actors/writer.hpp"

#include "actors/host_name.hpp"
#include "actors/log.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/iso8601.hpp"
#include "pipeline/seeded_fault.hpp"
#include "storage/job_queries.hpp"
#include "storage/migrate.hpp"

#include <unistd.h>

#include <chrono>
#include <system_error>
#include <utility>

namespace millrace::actors {
namespace {

database_probed probe(storage::job_store& jobs, const std::filesystem::path& data_dir,
                      pipeline::time_point now) {
  database_probed answer;
  if (const auto since = jobs.oldest_waiting(now))
    answer.lag_us = (now - *since).count();
  std::error_code failure;
  const auto space = std::filesystem::space(data_dir, failure);
  answer.free_bytes = failure ? 0 : static_cast<std::int64_t>(space.available);
  return answer;
}

bool only_claims(const write_request& what) {
  return what.settlements.empty() && !what.renew_lease && !what.read_controls && !what.probe &&
         !what.clean_up && !what.keep_schedules && !what.tend_families;
}

void log_rescued(const storage::rescue_result& rescued) {
  if (rescued.rescued > 0)
    log_event(log_level::warning, "JOBS_RESCUED",
              {{"jobs", rescued.rescued}, {"poisoned", rescued.poisoned}});
}

void log_fired(const std::vector<storage::fired_schedule>& fired) {
  for (const auto& one : fired)
    log_event(log_level::info, "SCHEDULE_DUE",
              {{"schedule", one.name}, {"due", pipeline::to_iso8601(one.due)}, {"job", one.job}});
}

}  // namespace

writer::writer(writer_settings settings, const pipeline::catalog& pipelines,
               const pipeline::clock& time)
    : settings_(std::move(settings)),
      pipelines_(pipelines),
      time_(time),
      retention_(storage::with_pipelines(settings_.retention, pipelines)),
      schedules_(settings_.schedules) {}

writer::~writer() = default;

void writer::open() {
  opening_failure_.reset();
  try {
    open_now();
  } catch (const storage::error& e) {
    opening_failure_ = e;
    throw;
  }
}

void writer::open_now() {
  const auto now = time_.now();
  connect();
  if (const auto applied = storage::migrate(*connection_, now))
    log_event(log_level::info, "SCHEMA_MIGRATED", {{"migrations", std::int64_t{applied}}});
  // Before a row is made: that forgets the rows of those that are long gone.
  forget_foreign_predecessor();
  lease_until_ = now + settings_.lease;
  runtime_ = storage::register_runtime(*connection_, host_name(), getpid(), settings_.version,
                                       lease_until_, now);
  jobs_->announce(runtime_, now);
  log_event(log_level::info, "RUNTIME_REGISTERED", {{"runtime", runtime_}});
  rescue(now);
  if (settings_.became)
    settings_.became({runtime_, now});
}

/// A data directory may be used with another database than before, or with one that was restored:
/// there the predecessor's number belongs to somebody else, and the jobs it had in hand, too.
void writer::forget_foreign_predecessor() {
  if (!settings_.predecessor || storage::has_runtime(*connection_, *settings_.predecessor))
    return;
  settings_.predecessor.reset();
  settings_.in_hand.reset();
}

void writer::connect() {
  jobs_.reset();
  claimed_at_.reset();
  connection_.reset();
  connection_ = std::make_unique<storage::connection>(settings_.database);
  jobs_ = std::make_unique<storage::job_store>(*connection_, pipelines_, settings_.rules);
}

/// Where the database has one runtime, every other one is dead. Where it is shared, the predecessor
/// is, and whoever let its lease run out.
void writer::rescue(pipeline::time_point now) {
  if (!connection_->is_shared())
    return log_rescued(jobs_->rescue(std::nullopt, runtime_, settings_.in_hand, now));
  if (settings_.predecessor) {
    const auto dead = settings_.predecessor->id;
    log_rescued(jobs_->rescue(dead, runtime_, settings_.in_hand, now));
    storage::end_runtime(*connection_, dead, now);
  }
  log_rescued(jobs_->rescue_expired(now));
}

write_result writer::write(const write_request& what) {
  if (!connection_ || connection_->is_broken())
    connect();
  if (auto known = settle_doubt())
    return std::move(*known);
  try {
    return write_patiently(what);
  } catch (const storage::error& refused) {
    if (refused.kind() != storage::error_kind::permanent || what.settlements.empty())
      throw;
  }
  return write_patiently(without_refused(what));
}

/// What became of a write whose commit was under way when the connection was lost: its answer, or
/// nothing when it was not written, or when there is no doubt.
std::optional<write_result> writer::settle_doubt() {
  if (!doubtful_)
    return std::nullopt;
  if (storage::was_committed(*connection_, doubtful_->transaction)) {
    log_event(log_level::info, "COMMIT_FOUND", {{"transaction", doubtful_->transaction}});
    auto known = std::move(doubtful_->result);
    doubtful_.reset();
    return known;
  }
  doubtful_.reset();
  return std::nullopt;
}

/// Where several write, one may have to give way to another (a deadlock, a job that changed hands):
/// that is no trouble of the database's.
write_result writer::write_patiently(const write_request& what) {
  for (int tries = 1;; ++tries) {
    try {
      return write_once(what);
    } catch (const storage::commit_in_doubt&) {
      throw;
    } catch (const storage::error& e) {
      const bool gave_way = e.kind() == storage::error_kind::transient &&
                            connection_->is_shared() && !connection_->is_broken();
      if (!gave_way || tries == 3)
        throw;
    }
  }
}

write_result writer::write_once(const write_request& what) {
  write_result result;
  result.unchanged = what.claim > 0 && what.claim_only_if_changed && !has_changed();
  if (result.unchanged && only_claims(what))
    return result;
  const auto now = time_.now();
  const bool is_apart = MILLRACE_SEEDED_FAULT("settlements in a transaction of their own");
  if (is_apart)
    result.settled = jobs_->settle(what.settlements, now);
  storage::transaction all{*connection_};
  if (!what.settlements.empty() && !is_apart)
    result.settled = jobs_->settle(what.settlements, now);
  // A process that was stopped for longer than its lease must not claim under its old name.
  if (what.renew_lease || (runtime_ != 0 && now >= lease_until_))
    result.lease_lost = !storage::renew_lease(*connection_, runtime_, now + settings_.lease, now);
  const bool renewed = what.renew_lease && !result.lease_lost;
  if (renewed && connection_->is_shared())
    storage::notify_heartbeat(*connection_);
  // What was done outside of this process is found when the controls are read.
  if (what.tend_families || what.read_controls)
    jobs_->tend_families(now);
  auto version = claimed_at_;
  if (what.claim > 0 && !result.unchanged && !result.lease_lost) {
    if (!connection_->is_shared())
      version = connection_->data_version();
    result.claimed = jobs_->claim({runtime_, what.claim}, now);
  }
  storage::rescue_result rescued;
  if (what.read_controls) {
    if (!result.lease_lost)
      rescued = jobs_->rescue_expired(now);
    result.controls = {jobs_->cancel_requests(runtime_), jobs_->paused_stages()};
  }
  if (what.probe)
    result.probed = probe(*jobs_, settings_.data_dir, now);
  std::optional<storage::retention> retention;
  if (what.clean_up) {
    retention = retention_;
    const auto begin = std::chrono::steady_clock::now();
    result.cleaned = retention->step(*connection_, now);
    result.cleaning =
        std::chrono::duration_cast<pipeline::duration>(std::chrono::steady_clock::now() - begin);
  }
  std::optional<storage::schedule_keeper> schedules;
  storage::schedule_keeper::step_result kept;
  if (what.keep_schedules && !result.lease_lost)
    kept = schedules.emplace(schedules_).step(*connection_, *jobs_, now);
  if (kept.next)
    result.next_schedule = *kept.next - now;
  result.family_work = jobs_->has_family_work();
  commit(all, what, result);
  // Of what this connection made due, no data version tells.
  claimed_at_ = jobs_->take_made_due() ? std::nullopt : version;
  if (retention)
    retention_ = std::move(*retention);
  if (schedules)
    schedules_ = std::move(*schedules);
  if (renewed)
    lease_until_ = now + settings_.lease;
  log_rescued(rescued);
  log_fired(kept.fired);
  return result;
}

/// Whether somebody else has committed since the last claim. A shared database is taken at the word
/// of whoever says so: its data version changes all the time.
bool writer::has_changed() {
  return connection_->is_shared() || !claimed_at_ || connection_->data_version() != *claimed_at_;
}

void writer::commit(storage::transaction& all, const write_request& what, write_result& result) {
  const bool matters = !what.settlements.empty() || !result.claimed.jobs.empty();
  std::string id;
  if (matters && connection_->is_shared())
    id = storage::transaction_id(*connection_);
  try {
    all.commit();
  } catch (const storage::commit_in_doubt&) {
    if (matters)
      doubtful_ = {std::move(id), std::move(result)};
    throw;
  }
}

/// Tries every settlement alone, without committing, and puts a retry in the place of those that
/// the database refuses.
write_request writer::without_refused(write_request what) {
  for (auto& one : what.settlements) {
    try {
      const storage::transaction trial{*connection_};
      jobs_->settle({&one, 1}, time_.now());
    } catch (const storage::error& refused) {
      if (refused.kind() != storage::error_kind::permanent)
        throw;
      log_event(log_level::error, "WRITE_REFUSED", {{"job", one.job.id}, {"why", refused.why()}});
      one.what = pipeline::retry{std::string{pipeline::codes::WRITE_REFUSED}, refused.why(), {}};
    }
  }
  return what;
}

void writer::close() {
  if (!jobs_ || runtime_ == 0)
    return;
  storage::end_runtime(*connection_, runtime_, time_.now());
  jobs_.reset();
  connection_.reset();
}

}  // namespace millrace::actors
