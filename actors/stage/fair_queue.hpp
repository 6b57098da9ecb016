#pragma once

#include "pipeline/job.hpp"
#include "storage/claim/fair_share.hpp"
#include "storage/jobs/job_rules.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// Jobs that wait for a handler, in the order in which a claim takes them: the tenants by their
/// weights, and those of a tenant by priority, where waiting counts (storage::claim_order).
class fair_queue {
 public:
  explicit fair_queue(storage::job_rules rules) : rules_{std::move(rules)} {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  void push(pipeline::job one);

  /// The next job. Only when there is one.
  const pipeline::job& front() const { return next()->second.front(); }
  /// When the one that has waited longest was due, of the next jobs of the tenants; nothing when
  /// the queue is empty.
  std::optional<time_point> due_since() const;
  pipeline::job pop_front();
  /// Takes out the one that would go last of the tenant that has most. Only when there is one.
  pipeline::job pop_back();

  /// Takes a job out wherever it stands.
  std::optional<pipeline::job> take(pipeline::job_id id);
  /// Takes all out.
  std::vector<pipeline::job> take_all();

 private:
  using line = std::deque<pipeline::job>;
  using lines = std::map<std::string, line>;

  lines::const_iterator next() const;
  bool goes_before(const pipeline::job& a, const pipeline::job& b) const;
  void begin_turns();

  storage::job_rules rules_;
  storage::fair_share share_;
  /// Of the tenants that have a job here.
  lines tenants_;
  std::size_t size_ = 0;
};

}  // namespace millrace::actors
