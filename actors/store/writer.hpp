#pragma once

#include "actors/status/incidents.hpp"
#include "actors/store/clock_watch.hpp"
#include "actors/store/detours.hpp"
#include "actors/store/write_duty.hpp"
#include "pipeline/fleet_clock.hpp"
#include "storage/db/error.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/retention/retention.hpp"
#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "storage/runtimes/schedules.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::actors {

struct writer_settings {
  storage::database_settings database;
  std::filesystem::path data_dir;
  /// Of this binary; stands in the runtime's row.
  std::string version;
  duration lease{};
  /// How often the controls are read, and the other runtimes looked at.
  duration controls_interval = std::chrono::seconds{1};
  /// A transaction of another session that is open for longer is told with a probe; zero: none is.
  duration longest_transaction{};
  /// This process; the real one if empty.
  std::optional<storage::process> process;
  /// The clock that the writer was given, where it is to follow the server's.
  pipeline::fleet_clock* fleet = nullptr;
  storage::job_rules rules;
  storage::retention_settings retention;
  std::vector<storage::schedule> schedules;
  /// The runtime that used this data directory before; dead. It may have used another database.
  std::optional<storage::runtime_key> predecessor;
  /// The jobs that were at work when the predecessor died, if that is known: only they are charged.
  std::optional<std::vector<pipeline::job_id>> running;
  /// Where the jobs of this runtime begin to wait, whichever of its writers says so. May be null.
  std::shared_ptr<storage::returned_jobs> returned;
  /// Told of each new identity. May be empty.
  std::function<void(const storage::runtime_key&)> became;
  /// Hears of each rescue.
  std::function<void(const storage::rescue_result&)> rescued = [](const auto&) {};
};

/// A writing connection of a runtime to its database, without any actor: it opens the database,
/// takes an identity, rescues what dead runtimes held, and writes what it is given in one
/// transaction. A connection that is lost is replaced by the next write. Used by one thread at a
/// time. Throws storage::error.
class writer {
 public:
  /// The catalog and the clock must outlive the writer.
  writer(writer_settings settings, const pipeline::catalog& pipelines, const millrace::clock& time);
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
  /// finds out whether it was written, and if so only answers. What the database refuses for good
  /// (never for lack of room or of a connection) does not hold up the rest: a settlement becomes a
  /// retry with the code WRITE_REFUSED, or, where even that is refused, stays in hand; a job that
  /// cannot be claimed becomes dead with ROW_INVALID, and another duty is left out this time. What
  /// needs a lock that another session holds is left out and the rest is written; the lease is
  /// renewed meanwhile.
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
  bool has_lost_file() const;
  std::optional<std::int64_t> keep_lease(const write_request& what, write_result& result,
                                         duration begin, time_point now);
  std::vector<pipeline::job_id> release_lost(std::vector<pipeline::job_id> held, time_point now);
  int migrate(time_point now);
  void forget_foreign_predecessor();
  void rescue(time_point now);
  std::optional<write_result> settle_doubt();
  write_result write_all(const write_request& what);
  write_result write_past_locks(const write_request& what,
                                const std::map<pipeline::job_id, std::string>& refused = {});
  write_result write_patiently(const write_request& what, const write_result& before = {});
  write_result write_once(const write_request& what, write_result result = {});
  bool has_changed();
  void commit(storage::transaction& all, const write_request& what, write_result& result);
  // What the database refused as a whole (write_apart.cpp).
  write_result write_apart(const write_request& what);
  std::string why_refused(const storage::settlement& one);
  std::map<pipeline::job_id, std::string> replace_refused(std::vector<storage::settlement>& all);
  void claim_apart(const write_request& what, write_result& into);
  void do_apart(const write_request& what, write_result& into);
  write_context context(time_point now) const;
  bool begin(duty what) {
    at_ = what;
    return detours_.is_open(what, time_.monotonic());
  }
  void run(write_duty& one, const write_context& at, write_result& result);
  void settle(const write_request& what, write_result& result, time_point now);
  void settle_free(const write_request& what, write_result& result, time_point now);
  void claim(const write_request& what, write_result& result, time_point now);
  bool step_aside(const write_request& what);
  void find_held(const write_request& what);
  void name_holders(const write_request& what);

  writer_settings settings_;
  const pipeline::catalog& pipelines_;
  const millrace::clock& time_;
  const storage::process process_;
  clock_watch clock_;
  storage::lease_watch watch_;
  std::unique_ptr<storage::connection> connection_;
  std::unique_ptr<storage::job_store> jobs_;
  /// In the order in which they are done; the first of them before the claim.
  std::vector<std::unique_ptr<write_duty>> duties_;
  /// Those of the write under way.
  std::vector<write_duty*> done_;
  storage::runtime_id runtime_ = 0;
  std::optional<storage::error> opening_failure_;
  /// When the lease was renewed last, by the monotonic clock, and how often it has been.
  duration renewed_at_{};
  std::int64_t beat_ = 0;
  /// Of the server that the connection leads to; empty where it does not say.
  std::string server_;
  bool has_other_history_ = false;
  std::optional<doubtful_write> doubtful_;
  /// The last write did.
  bool has_failed_ = false;
  /// The connection's data version at the last claim.
  std::optional<std::int64_t> claimed_at_;
  /// What the write under way is at.
  duty at_ = duty::settle;
  detours detours_;
  /// Of the write under way: a session holds some of its jobs; and those whose effects wait.
  bool settles_free_ = false;
  std::set<pipeline::job_id> held_jobs_;
  std::string held_by_;
};

}  // namespace millrace::actors
