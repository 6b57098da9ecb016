#pragma once

#include "base/os/unique_fd.hpp"
#include "pipeline/job.hpp"
#include "storage/db/files.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::storage {

/// Makes the data directory, mode 0700, with its parents; one that exists keeps its mode. Throws
/// storage::error.
void make_data_dir(const std::filesystem::path& dir);

/// The lock of a data directory: one runtime at a time. Held until destroyed, and dropped by the
/// kernel when the process dies.
class runtime_lock {
 public:
  /// Throws storage::error that names the holder's pid when another process has it.
  explicit runtime_lock(const std::filesystem::path& data_dir);
  ~runtime_lock();
  runtime_lock(const runtime_lock&) = delete;
  runtime_lock& operator=(const runtime_lock&) = delete;

 private:
  unique_fd fd_;
};

/// The lock of a SQLite database, whichever name leads to it: one runtime at a time, for a second
/// one would take the first for dead. It is a file beside the database, since to open and close the
/// database itself would drop SQLite's own locks. Held until destroyed.
class database_lock {
 public:
  /// Throws storage::error that names the holder's pid and data directory when another process has
  /// it.
  database_lock(const std::filesystem::path& database, const std::filesystem::path& data_dir);
  ~database_lock();
  database_lock(const database_lock&) = delete;
  database_lock& operator=(const database_lock&) = delete;

 private:
  unique_fd fd_;
};

/// Which jobs are at work right now, in a memory-mapped file of the data directory: it outlives the
/// process, so that a restart knows which jobs were in hand when its predecessor died, and charges
/// only them. One slot a worker thread; writing one costs nanoseconds. It names the runtime, too,
/// so that a restart rescues its predecessor's jobs at once, whatever else uses the database.
class hand_journal {
 public:
  static constexpr std::size_t slots = 1024;

  /// Opens the journal; what the predecessor had in hand is read before it is cleared. The order of
  /// use: construct, rescue with in_hand_before(), clear(): a runtime that dies before it has
  /// rescued leaves the same journal again.
  explicit hand_journal(const std::filesystem::path& data_dir);
  ~hand_journal();
  hand_journal(const hand_journal&) = delete;
  hand_journal& operator=(const hand_journal&) = delete;

  /// The jobs that were in hand when the predecessor died; nothing when there was no journal.
  const std::optional<std::vector<pipeline::job_id>>& in_hand_before() const { return before_; }
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
