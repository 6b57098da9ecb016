#pragma once

#include <atomic>
#include <cstdint>

namespace millrace::actors {

/// What befell this runtime since its process began, counted for those who watch it from outside.
/// From any thread; none of it happens often.
struct incidents {
  /// The runtime took a new identity, for its lease had run out, or the database had lost commits.
  std::atomic<std::int64_t> leases_lost{0};
  std::atomic<std::int64_t> commits_lost{0};
  /// Jobs of dead runtimes that this one rescued: those that wait again, and those that were in
  /// hand at one death too many and are dead.
  std::atomic<std::int64_t> jobs_requeued{0};
  std::atomic<std::int64_t> jobs_poisoned{0};
};

}  // namespace millrace::actors
