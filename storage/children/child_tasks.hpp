#pragma once

#include "storage/children/children.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/change_writer.hpp"

#include <map>
#include <span>

namespace millrace::storage {

/// What the changes of jobs leave to be done to their relatives. It is written as `family_work` in
/// the transaction of the change, and done by child_work.
class child_tasks {
 public:
  /// The connection must outlive it.
  explicit child_tasks(connection& on) : on_(on) {}

  /// The same is to be done to all of the jobs.
  void add(child_task task, const job_ids& jobs);
  /// What the changes that held ask of parents and children.
  void add_for(std::span<const pending_change> changes);
  /// Whether another part has written some.
  void add_found(bool some) { are_left_ = are_left_ || some; }

  /// Some are left, as far as this connection knows.
  bool are_left() const { return are_left_; }

  /// Takes some off the list: the jobs that each task is about.
  std::map<child_task, job_ids> take();

 private:
  connection& on_;
  bool are_left_ = false;
};

}  // namespace millrace::storage
