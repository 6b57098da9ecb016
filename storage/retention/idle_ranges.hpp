#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millrace::storage {

/// Where in a table nothing is to be done for a while: a pass over it that remembers this does not
/// read the same rows again and again. A value, as large as a thousandth of the rows at most.
class quiet_ranges {
 public:
  /// Where a pass goes on that has come to `after`: behind what is quiet at that time.
  std::int64_t skip(std::int64_t after, time_point now) const;

  /// There are so many rows with ids above `after` up to `until`, and nothing is to be done with
  /// them before the time. What was known of them is forgotten.
  void remember(std::int64_t after, std::int64_t until, std::size_t rows, time_point time);

  std::size_t size() const { return ranges_.size(); }

 private:
  struct range {
    std::int64_t after = 0;
    std::int64_t until = 0;
    std::size_t rows = 0;
    time_point quiet_until;
  };

  /// In the order of the ids; no two overlap.
  std::vector<range> ranges_;
};

}  // namespace millrace::storage
