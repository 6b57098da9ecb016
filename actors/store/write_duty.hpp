#pragma once

#include "actors/store/write_request.hpp"
#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_store.hpp"

namespace millrace::actors {

/// What a duty has while a write is under way.
struct write_context {
  storage::connection& on;
  storage::job_store& jobs;
  storage::runtime_id runtime = 0;
  const millrace::clock& time;
  time_point now;
};

/// Something that a writer does from time to time, in the transaction of a write.
class write_duty {
 public:
  write_duty() = default;
  virtual ~write_duty() = default;
  write_duty(const write_duty&) = delete;
  write_duty& operator=(const write_duty&) = delete;

  virtual duty name() const = 0;
  /// A runtime whose lease is lost leaves it out.
  virtual bool needs_lease() const { return false; }
  /// In the transaction, which may be tried again. Throws storage::error.
  virtual void run(const write_context& at, write_result& result) = 0;
  /// In its place: it cannot be done now.
  virtual void leave_out(const write_context&, write_result&) {}
  /// The transaction of the last run() is committed: what that learnt counts.
  virtual void committed() {}
};

}  // namespace millrace::actors
