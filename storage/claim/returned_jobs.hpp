#pragma once

#include "storage/claim/lanes.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

namespace millrace::storage {

/// The first job of each level that has begun to wait.
class first_places {
 public:
  using map = std::map<level_of_jobs, index_place>;

  /// More are left out: a sweep finds them.
  static constexpr std::size_t most = 256;

  void add(const level_of_jobs& level, const index_place& at) {
    if (all_.size() == most && !all_.contains(level))
      return;
    auto& first = all_.try_emplace(level, at).first->second;
    first = std::min(first, at);
  }
  map take() { return std::exchange(all_, {}); }

 private:
  map all_;
};

/// What one connection of a runtime has committed, for the one that claims. For any thread.
class returned_jobs {
 public:
  void add(const first_places::map& places) {
    const std::scoped_lock change{mutex_};
    for (const auto& [level, at] : places)
      places_.add(level, at);
  }
  first_places::map take() {
    const std::scoped_lock change{mutex_};
    return places_.take();
  }

 private:
  std::mutex mutex_;
  first_places places_;
};

}  // namespace millrace::storage
