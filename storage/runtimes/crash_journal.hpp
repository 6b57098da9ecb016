#pragma once

#include "pipeline/job.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::storage {

/// Which jobs are at work right now, in a memory-mapped file of the data directory: it outlives the
/// process, so that a restart knows which jobs were in hand when its predecessor died, and charges
/// only them. One slot a worker thread; writing one costs nanoseconds. It names the runtime, too,
/// so that a restart rescues its predecessor's jobs at once, whatever else uses the database.
class crash_journal {
 public:
  static constexpr std::size_t slots = 1024;

  /// Opens the journal; what the predecessor had in hand is read before it is cleared. The order of
  /// use: construct, rescue with running_before(), clear(): a runtime that dies before it has
  /// rescued leaves the same journal again.
  explicit crash_journal(const std::filesystem::path& data_dir);
  ~crash_journal();
  crash_journal(const crash_journal&) = delete;
  crash_journal& operator=(const crash_journal&) = delete;

  /// The jobs that were in hand when the predecessor died; nothing when there was no journal.
  const std::optional<std::vector<pipeline::job_id>>& running_before() const { return before_; }
  void clear();

  /// The runtime that used the data directory before; nothing when there was none.
  std::optional<runtime_key> runtime_before() const { return runtime_before_; }
  /// The runtime that uses it from now on.
  void become(const runtime_key& runtime);

  /// The calling thread begins to work on the job, or (0) on none. From any thread.
  void take(std::size_t slot, pipeline::job_id job);

  /// A free slot for a task, which waits until there is one; and its return, which empties it. From
  /// any thread.
  std::size_t acquire_slot();
  void release_slot(std::size_t slot);

 private:
  struct file;
  std::unique_ptr<file> file_;
  std::optional<std::vector<pipeline::job_id>> before_;
  std::optional<runtime_key> runtime_before_;
};

/// What a journal says while its runtime works, read from any process.
struct jobs_in_hand {
  std::int64_t runtime = 0;
  std::vector<pipeline::job_id> jobs;
};
/// Nothing where there is no journal.
std::optional<jobs_in_hand> read_journal(const std::filesystem::path& data_dir);

}  // namespace millrace::storage
