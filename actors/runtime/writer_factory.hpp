#pragma once

#include "actors/runtime/runtime.hpp"
#include "actors/status/runtime_status.hpp"
#include "actors/store/writer.hpp"
#include "pipeline/fleet_clock.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "storage/runtimes/running_jobs.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace millrace::actors {

/// Makes a writer for each start of the store. Only the first one has a dead process behind it; a
/// later one follows a crash inside this process, which is no job's fault. Tells the journal, the
/// recorder (null without one) and the runtime_status which number the runtime gets; the journal
/// keeps what it says of the dead process until that process's jobs are rescued.
class writer_factory {
 public:
  /// Settings, parts and clock must outlive it.
  writer_factory(const runtime_settings& settings, const runtime_parts& parts,
                 pipeline::fleet_clock& time, std::shared_ptr<storage::crash_journal> journal,
                 std::shared_ptr<storage::running_jobs_table> recorder,
                 std::shared_ptr<runtime_status> status);

  /// The factory must outlive it.
  std::shared_ptr<writer> make();

  /// A writer that only settles.
  std::shared_ptr<writer> make_settler() const;

  /// The process ends in order: no job that is still in hand is to blame for that.
  void end_in_order();

  /// The writer in use; null before the first.
  const std::shared_ptr<writer>& last() const { return last_; }

 private:
  void became(const storage::runtime_key& key);

  const runtime_settings& settings_;
  const runtime_parts& parts_;
  pipeline::fleet_clock& time_;
  const std::shared_ptr<storage::crash_journal> journal_;
  const std::shared_ptr<storage::running_jobs_table> recorder_;
  const std::shared_ptr<runtime_status> status_;
  const std::shared_ptr<storage::returned_jobs> returned_ =
      std::make_shared<storage::returned_jobs>();
  /// The store's writer reports its number on the thread of the database.
  std::mutex mutex_;
  bool has_become_ = false;
  std::optional<storage::runtime_key> predecessor_;
  std::optional<std::vector<pipeline::job_id>> running_;
  std::shared_ptr<writer> last_;
};

}  // namespace millrace::actors
