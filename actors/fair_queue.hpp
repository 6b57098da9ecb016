#pragma once

#include "pipeline/job.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// Jobs that wait for a handler: one of each tenant in turn, those of a tenant in order.
class fair_queue {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  void push_back(pipeline::job one);
  /// The job is the next of its tenant, and that the next in turn.
  void push_front(pipeline::job one);

  /// The next job. Only when there is one.
  const pipeline::job& front() const { return tenants_.front().front(); }
  pipeline::job pop_front();

  /// Takes a job out wherever it stands.
  std::optional<pipeline::job> take(pipeline::job_id id);
  /// Takes all out.
  std::vector<pipeline::job> take_all();

 private:
  using line = std::deque<pipeline::job>;

  std::list<line>::iterator line_of(const std::string& tenant);

  /// Whose turn it is stands first; nobody is here without a job.
  std::list<line> tenants_;
  std::size_t size_ = 0;
};

}  // namespace millrace::actors
