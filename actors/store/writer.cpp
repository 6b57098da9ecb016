#include "actors/store/writer.hpp"

#include "actors/store/duties/duties.hpp"
#include "actors/store/writer_log.hpp"
#include "base/log.hpp"
#include "base/seeded_fault.hpp"
#include "storage/db/migrate.hpp"
#include "storage/db/server_identity.hpp"
#include "storage/db/sqlite.hpp"
#include "storage/history/job_queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace millrace::actors {
namespace {

bool only_claims(const write_request& what) {
  return what.settlements.empty() && what.duties.empty();
}

}  // namespace

writer::writer(writer_settings settings, const pipeline::catalog& pipelines,
               const millrace::clock& time)
    : settings_(std::move(settings)),
      pipelines_(pipelines),
      time_(time),
      process_(settings_.process ? *settings_.process : storage::this_process()),
      clock_(settings_.fleet),
      watch_(std::max(settings_.lease / 4, settings_.controls_interval * 3 / 2)) {
  duties_.push_back(make_child_duty());
  duties_.push_back(make_rescue_duty(watch_, process_, settings_.rescued));
  duties_.push_back(make_controls_duty());
  duties_.push_back(
      make_probe_duty(settings_.data_dir,
                      storage::horizon_watch{settings_.database, settings_.longest_transaction}));
  duties_.push_back(make_retention_duty(storage::with_pipelines(settings_.retention, pipelines)));
  duties_.push_back(make_schedule_duty(settings_.schedules));
  settings_.database.lease = std::chrono::ceil<std::chrono::milliseconds>(settings_.lease);
  settings_.database.serves_lease = true;
}

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
  connect();
  auto now = time_.now();
  if (const auto applied = migrate(now))
    log_event(log_level::info, "SCHEMA_MIGRATED", {{"migrations", std::int64_t{applied}}});
  clock_.go_on_from(*connection_);
  now = time_.now();
  // Before a row is made: that forgets the rows of those that are long gone.
  forget_foreign_predecessor();
  has_other_history_ = false;
  beat_ = 0;
  renewed_at_ = time_.monotonic();
  runtime_ = storage::identity_in(*connection_, process_.draw_identity());
  auto name = process_.name;
  // A pooler keeps sessions of those that are gone, and gives them to others.
  if (connection_->is_pooled())
    name.session.clear();
  storage::register_runtime(*connection_,
                            {.id = runtime_,
                             .process = std::move(name),
                             .version = settings_.version,
                             .lease = settings_.lease},
                            now);
  storage::announce(*connection_, pipelines_, runtime_, now);
  log_event(log_level::info, "RUNTIME_REGISTERED", {{"runtime", runtime_}});
  try {
    rescue(now);
  } catch (const storage::lock_blocked& held) {
    log_event(log_level::warning, "RESCUE_PUT_OFF",
              {{"why", held.why()}, {"next", "it is tried again with the controls"}});
  }
  if (settings_.became)
    settings_.became({runtime_, now});
}

/// Where the database is shared, on a connection of its own: a migration may take long.
int writer::migrate(time_point now) {
  if (!connection_->is_shared())
    return storage::migrate(*connection_, now);
  auto patient = settings_.database;
  patient.serves_lease = false;
  int applied = 0;
  if (const auto found = storage::read_schema_version(*connection_);
      found.database < found.binary) {
    storage::connection apart{patient};
    applied = storage::migrate(apart, now);
  }
  return applied + storage::migrate(*connection_, now);
}

/// A data directory may be used with another database than before, or with one that was restored:
/// there the predecessor's number belongs to another runtime, and so do the jobs it had in hand.
void writer::forget_foreign_predecessor() {
  if (!settings_.predecessor || storage::has_runtime(*connection_, *settings_.predecessor))
    return;
  settings_.predecessor.reset();
  settings_.running.reset();
}

/// What is written to a file that is not there any more is lost.
bool writer::has_lost_file() const {
  return !server_.empty() && !connection_->is_shared() &&
         storage::sqlite::file_identity(settings_.database.url) != server_;
}

void writer::connect() {
  const bool is_file = storage::dialect_of(settings_.database.url) == storage::dialect::sqlite;
  // To open it would make an empty one.
  if (is_file && !server_.empty() && storage::sqlite::file_identity(settings_.database.url).empty())
    throw storage::error{storage::error_kind::transient, "cannot write to the database",
                         fmt::format("its file {} is gone: it was deleted or moved",
                                     storage::sqlite::path_of(settings_.database.url).string()),
                         "put it back, or stop the runtime and start it with an empty one"};
  jobs_.reset();
  claimed_at_.reset();
  connection_.reset();
  connection_ = std::make_unique<storage::connection>(settings_.database);
  auto rules = settings_.rules;
  // The indexes of SQLite keep no entries of rows that have left them.
  if (!connection_->is_shared())
    rules.sweeps = {};
  jobs_ = std::make_unique<storage::job_store>(*connection_, pipelines_, rules);
  if (settings_.returned)
    jobs_->waiting.keep();
  watch_.forget_sessions();
  auto server = storage::server_identity(*connection_, settings_.database);
  if (!server.empty()) {
    const auto before = std::exchange(server_, std::move(server));
    has_other_history_ = !MILLRACE_SEEDED_FAULT("a lost lease is not noticed") &&
                         (has_other_history_ || (!before.empty() && before != server_));
  }
  clock_.follow(*connection_, process_);
}

/// Where the database has one runtime, every other one is dead. Where it is shared, the predecessor
/// is dead, and every runtime that let its lease run out.
void writer::rescue(time_point now) {
  const auto running = settings_.running.value_or(std::vector<pipeline::job_id>{});
  const auto& tell = settings_.rescued;
  if (!connection_->is_shared())
    return tell(jobs_->rescuer.rescue(std::nullopt, runtime_, running, now));
  if (settings_.predecessor) {
    const auto dead = settings_.predecessor->id;
    tell(jobs_->rescuer.rescue(dead, runtime_, running, now));
    storage::end_runtime(*connection_, dead, now);
  }
  tell(jobs_->rescuer.rescue_dead({watch_, time_, process_, runtime_}, now));
}

write_result writer::write(const write_request& what) {
  if (!connection_ || connection_->is_broken() ||
      (what.duties.contains(duty::lease) && has_lost_file()))
    connect();
  if (has_other_history_) {
    // Whatever was under way then: its fences tell, or it is done again.
    doubtful_.reset();
    if (runtime_ != 0) {
      write_result lost{.lease_lost = true, .commits_lost = true};
      lost.settled.resize(what.settlements.size());
      return lost;
    }
    has_other_history_ = false;
  }
  if (auto known = settle_doubt())
    return std::move(*known);
  // What failed may fail again, and take its time.
  if (std::exchange(has_failed_, true) && runtime_ != 0)
    write_once({.duties = {duty::lease}});
  auto result = write_all(what);
  has_failed_ = false;
  return result;
}

write_result writer::write_all(const write_request& what) {
  try {
    return write_past_locks(what);
  } catch (const storage::error& refused) {
    if (refused.kind() != storage::error_kind::permanent)
      throw;
  } catch (const std::exception& bug) {
    log_event(log_level::error, "WRITE_FAILED", {{"why", bug.what()}});
  }
  return write_apart(what);
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
write_result writer::write_patiently(const write_request& what, const write_result& before) {
  for (int tries = 1;; ++tries) {
    try {
      return write_once(what, before);
    } catch (const storage::commit_in_doubt&) {
      throw;
    } catch (const storage::lock_blocked&) {
      throw;
    } catch (const storage::error& e) {
      const bool gave_way = e.kind() == storage::error_kind::transient &&
                            connection_->is_shared() && !connection_->is_broken();
      if (!gave_way || tries == 3)
        throw;
    }
  }
}

write_context writer::context(time_point now) const {
  return {*connection_, *jobs_, runtime_, time_, now};
}

write_result writer::write_once(const write_request& what, write_result result) {
  result.unchanged = what.claim > 0 && what.claim_only_if_changed && !has_changed();
  if (result.unchanged && only_claims(what))
    return result;
  if (what.duties.contains(duty::lease)) {
    clock_.follow(*connection_, process_);
    clock_.tell();
  }
  const auto begin_at = time_.monotonic();
  const auto now = time_.now();
  const auto due_before = jobs_->changes.made_due();
  const bool is_apart = MILLRACE_SEEDED_FAULT("settlements in a transaction of their own");
  if (is_apart)
    result.settled = jobs_->settler.settle(what.settlements, now);
  storage::transaction all{*connection_};
  done_.clear();
  at_ = duty::settle;
  if (!what.settlements.empty() && !is_apart)
    settle(what, result, now);
  std::vector<pipeline::job_id> lost;
  at_ = duty::lease;
  const auto beat = keep_lease(what, result, begin_at, now);
  if (what.held && !result.lease_lost && begin(duty::rescue))
    lost = release_lost(*what.held, now);
  const auto at = context(now);
  const auto run_wanted = [&](write_duty& one) {
    if (what.duties.contains(one.name()))
      run(one, at, result);
  };
  run_wanted(*duties_.front());
  auto version = claimed_at_;
  if (what.claim > 0 && !result.unchanged && !result.lease_lost) {
    if (!connection_->is_shared())
      version = connection_->data_version();
    claim(what, result, now);
  }
  std::for_each(duties_.begin() + 1, duties_.end(), [&](auto& one) { run_wanted(*one); });
  result.probed.clock = clock_.trouble();
  // What is left out is not asked for at once again.
  result.child_work =
      jobs_->child_work.is_left() && detours_.is_open(duty::children, time_.monotonic());
  commit(all, what, result);
  if (settings_.returned)
    settings_.returned->add(jobs_->waiting.take());
  // Of what this connection made due, no data version tells.
  claimed_at_ = jobs_->changes.made_due() != due_before ? std::nullopt : version;
  if (beat) {
    renewed_at_ = begin_at;
    beat_ = *beat;
  }
  log_lost(lost);
  for (auto* one : done_)
    one->committed();
  return result;
}

void writer::run(write_duty& one, const write_context& at, write_result& result) {
  if ((one.needs_lease() && result.lease_lost) || !begin(one.name()))
    return one.leave_out(at, result);
  one.run(at, result);
  detours_.passed(one.name());
  done_.push_back(&one);
}

/// A process that was stopped for longer than its lease must not claim under its old name: then the
/// renewal tells whether another one has ended it. Answers the new beat, or nothing when the lease
/// was not renewed.
std::optional<std::int64_t> writer::keep_lease(const write_request& what, write_result& result,
                                               duration begin, time_point now) {
  if (!what.duties.contains(duty::lease) &&
      (runtime_ == 0 || begin - renewed_at_ < settings_.lease))
    return std::nullopt;
  using answer = storage::renewal::answer;
  const auto found = storage::renew_lease(*connection_, runtime_, now + settings_.lease);
  if (MILLRACE_SEEDED_FAULT("a lost lease is not noticed"))
    return found.beat;
  result.commits_lost =
      found.what == answer::unknown || (found.what == answer::renewed && found.beat <= beat_);
  result.lease_lost = result.commits_lost || found.what == answer::ended;
  if (result.lease_lost)
    return std::nullopt;
  if (what.duties.contains(duty::lease) && connection_->is_shared())
    storage::notify_heartbeat(*connection_);
  return found.beat;
}

/// What the database says that the runtime holds, and does not: an answer was lost, or commits
/// were.
std::vector<pipeline::job_id> writer::release_lost(std::vector<pipeline::job_id> held,
                                                   time_point now) {
  std::sort(held.begin(), held.end());
  return jobs_->rescuer.release_lost(runtime_, held, now);
}

/// Whether another connection has committed since the last claim. Always true for a shared
/// database, because its data version changes all the time.
bool writer::has_changed() {
  return connection_->is_shared() || !claimed_at_ || connection_->data_version() != *claimed_at_;
}

void writer::commit(storage::transaction& all, const write_request& what, write_result& result) {
  at_ = duty::commit;
  result.held_off = detours_.held_off();
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

void writer::close() {
  if (!jobs_ || runtime_ == 0)
    return;
  storage::end_runtime(*connection_, runtime_, time_.now());
  jobs_.reset();
  connection_.reset();
}

}  // namespace millrace::actors
