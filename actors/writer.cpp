#include "actors/writer.hpp"

#include "actors/log.hpp"
#include "pipeline/codes.hpp"
#include "storage/error.hpp"
#include "storage/job_queries.hpp"
#include "storage/migrate.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace millrace::actors {
namespace {

std::string host_name() {
  utsname name{};
  return uname(&name) == 0 ? name.nodename : "unknown";
}

database_probed probe(storage::connection& on, const std::filesystem::path& data_dir,
                      pipeline::time_point now) {
  database_probed answer;
  if (const auto since = storage::oldest_waiting(on, now))
    answer.lag_us = (now - *since).count();
  std::error_code failure;
  const auto space = std::filesystem::space(data_dir, failure);
  answer.free_bytes = failure ? 0 : static_cast<std::int64_t>(space.available);
  return answer;
}

}  // namespace

writer::writer(writer_settings settings, const pipeline::catalog& pipelines,
               const pipeline::clock& time)
    : settings_(std::move(settings)), pipelines_(pipelines), time_(time) {}

writer::~writer() = default;

void writer::open() {
  const auto now = time_.now();
  jobs_.reset();
  connection_ = std::make_unique<storage::connection>(settings_.database);
  if (const auto applied = storage::migrate(*connection_, now))
    log_event(log_level::info, "SCHEMA_MIGRATED", {{"migrations", std::int64_t{applied}}});
  runtime_ = storage::register_runtime(*connection_, host_name(), getpid(), settings_.version,
                                       now + settings_.lease, now);
  jobs_ = std::make_unique<storage::job_store>(*connection_, pipelines_, settings_.crash_limit);
  const auto rescued = jobs_->rescue(std::nullopt, runtime_, settings_.in_hand, now);
  log_event(log_level::info, "RUNTIME_REGISTERED", {{"runtime", runtime_}});
  if (rescued.rescued > 0)
    log_event(log_level::warning, "JOBS_RESCUED",
              {{"jobs", rescued.rescued}, {"poisoned", rescued.poisoned}});
}

write_result writer::write(const write_request& what) {
  try {
    return write_once(what);
  } catch (const storage::error& refused) {
    if (refused.kind() != storage::error_kind::permanent || what.settlements.empty())
      throw;
  }
  return write_once(without_refused(what));
}

write_result writer::write_once(const write_request& what) {
  const auto now = time_.now();
  write_result result;
  storage::transaction all{*connection_};
  if (!what.settlements.empty())
    result.settled = jobs_->settle(what.settlements, now);
  if (what.claim > 0)
    result.claimed = jobs_->claim({runtime_, what.claim}, now);
  if (what.renew_lease)
    result.lease_lost = !storage::renew_lease(*connection_, runtime_, now + settings_.lease, now);
  if (what.read_controls)
    result.controls = {jobs_->cancel_requests(runtime_), jobs_->paused_stages()};
  if (what.probe)
    result.probed = probe(*connection_, settings_.data_dir, now);
  all.commit();
  return result;
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
  if (!jobs_)
    return;
  storage::end_runtime(*connection_, runtime_, time_.now());
  jobs_.reset();
  connection_.reset();
}

}  // namespace millrace::actors
