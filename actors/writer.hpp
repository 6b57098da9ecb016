#pragma once

#include "actors/protocol.hpp"
#include "pipeline/time.hpp"
#include "storage/error.hpp"
#include "storage/job_store.hpp"
#include "storage/retention.hpp"
#include "storage/runtime_store.hpp"
#include "storage/schedules.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// Everything that has gathered for the database since the last write.
struct write_request {
  std::vector<storage::settlement> settlements;
  int claim = 0;
  /// Where the database can tell: claim only if another connection has committed since the last
  /// claim.
  bool claim_only_if_changed = false;
  bool renew_lease = false;
  bool read_controls = false;
  bool probe = false;
  /// One step of the retention. Where there is an archive, the archivist does that.
  bool clean_up = false;
  bool keep_schedules = false;
  /// Some of what ends, cancellations and replays ask of relatives.
  bool tend_families = false;
};

struct write_result {
  /// One for each settlement.
  std::vector<storage::settled> settled;
  storage::claim_result claimed;
  /// No other connection had committed: nothing was claimed.
  bool unchanged = false;
  controls_read controls;
  database_probed probed;
  storage::cleaned cleaned;
  /// How long the step of the retention took.
  pipeline::duration cleaning{};
  /// How long until the next schedule is due; nothing when none is.
  std::optional<pipeline::duration> next_schedule;
  /// There is more to tend.
  bool family_work = false;
  /// The runtime's lease ran out: its jobs are not its own any more.
  bool lease_lost = false;
};

struct writer_settings {
  storage::database_settings database;
  std::filesystem::path data_dir;
  /// Of this binary; stands in the runtime's row.
  std::string version;
  pipeline::duration lease{};
  storage::job_rules rules;
  storage::retention_settings retention;
  std::vector<storage::schedule> schedules;
  /// Who used this data directory before; dead. It may have used another database.
  std::optional<storage::runtime_key> predecessor;
  /// The jobs that were at work when the predecessor died, if that is known: only they are charged.
  std::optional<std::vector<pipeline::job_id>> in_hand;
  /// Told of each new identity. May be empty.
  std::function<void(const storage::runtime_key&)> became;
};

/// A writing connection of a runtime to its database, without any actor: it opens the database,
/// takes an identity, rescues what dead runtimes held, and writes what it is given in one
/// transaction. A connection that is lost is replaced by the next write. Used by one thread at a
/// time. Throws storage::error.
class writer {
 public:
  /// The catalog and the clock must outlive the writer.
  writer(writer_settings settings, const pipeline::catalog& pipelines, const pipeline::clock& time);
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// Migrates, registers this runtime and rescues its predecessor's jobs. May be called again after
  /// it threw.
  void open();

  /// Connects without an identity: then it must be given nothing but settlements.
  void open_to_settle() { connect(); }

  /// Why the last open() failed, if it did. Not to be asked while open() is under way.
  const std::optional<storage::error>& opening_failure() const { return opening_failure_; }

  /// All of the request is written, or, when it throws, nothing: then the same request must be
  /// written again before another. When the connection was lost during the commit, that second call
  /// finds out whether it was written, and if so only answers. A settlement that the database
  /// refuses for good (never for lack of room or of a connection) is settled as a retry with the
  /// code WRITE_REFUSED and does not hold up the others.
  write_result write(const write_request& what);

  /// Ends the runtime's lease.
  void close();

 private:
  /// A write whose commit may or may not have happened.
  struct doubtful_write {
    std::string transaction;
    write_result result;
  };

  void open_now();
  void connect();
  void forget_foreign_predecessor();
  void rescue(pipeline::time_point now);
  std::optional<write_result> settle_doubt();
  write_result write_patiently(const write_request& what);
  write_result write_once(const write_request& what);
  bool has_changed();
  void commit(storage::transaction& all, const write_request& what, write_result& result);
  write_request without_refused(write_request what);

  writer_settings settings_;
  const pipeline::catalog& pipelines_;
  const pipeline::clock& time_;
  std::unique_ptr<storage::connection> connection_;
  std::unique_ptr<storage::job_store> jobs_;
  storage::retention retention_;
  storage::schedule_keeper schedules_;
  storage::runtime_id runtime_ = 0;
  std::optional<storage::error> opening_failure_;
  pipeline::time_point lease_until_{};
  std::optional<doubtful_write> doubtful_;
  /// The connection's data version at the last claim.
  std::optional<std::int64_t> claimed_at_;
};

}  // namespace millrace::actors
