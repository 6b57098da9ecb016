#pragma once

#include "base/time.hpp"

namespace millrace::actors {

/// How many jobs to give to a handler at once. Where its speed is not known that is found by
/// trying: as many as come back within a time. So a slow handler keeps no job waiting behind
/// another, and a fast one is not slowed down by being called for each.
class batch_size {
 public:
  /// Always `most` where `target` is 0.
  batch_size(int most, duration target);

  int get() const { return size_; }
  /// A batch of so many jobs came back after so long.
  void learn(int jobs, duration took);

 private:
  int most_;
  duration target_;
  int size_;
};

}  // namespace millrace::actors
