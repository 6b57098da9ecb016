#pragma once

#include "storage/jobs/ended_jobs.hpp"

#include <functional>
#include <span>

namespace millrace::app {

/// Changes jobs piece by piece (change_in_pieces) until all are, or Ctrl-C is pressed.
class bulk_change {
 public:
  using change_piece = std::function<storage::sent_back(std::span<const storage::listed_job>)>;

  explicit bulk_change(change_piece change) : change_{std::move(change)} {}

  /// Throws storage::error; sum() says what was done before.
  void run(std::span<const storage::listed_job> jobs);

  const storage::sent_back& sum() const { return sum_; }
  /// Jobs that were not reached.
  std::size_t left() const { return left_; }
  /// Says on stderr that some are left, if so.
  void tell_left() const;

 private:
  change_piece change_;
  storage::sent_back sum_;
  std::size_t left_ = 0;
};

}  // namespace millrace::app
