#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "tests/simulation/expected_job.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace millrace::simulation {

/// What is so of the runtimes, whatever the database says; each is named by its identity. Times are
/// those of the world, and no runtime's clock.
struct fleet_facts {
  duration lease{};
  /// Whether its process lives, and was not the one that wrote last.
  std::function<bool(std::int64_t runtime)> is_living_other;
  /// False as well where it is not known whose it is.
  std::function<bool(std::int64_t runtime)> is_living;
  /// When its process died.
  std::function<std::optional<time_point>(std::int64_t runtime)> died_at;
  /// Since when each of those that live has been undisturbed.
  std::function<std::vector<time_point>()> watching_since;
};

/// Knows when leases were renewed, and compares that with which runtimes are rescued, and when.
/// Throws violation.
class lease_judge {
 public:
  explicit lease_judge(const fleet_facts& fleet) : fleet_(fleet) {}

  /// Reads what is new of the runtimes.
  void look(storage::connection& on, time_point now);
  /// Whether its lease had run out, as far as that was to be seen.
  bool may_be_rescued(std::int64_t runtime, time_point now) const;
  /// What the dead held is rescued by then.
  void require_rescued(const std::map<pipeline::job_id, expected_job>& jobs, time_point now);
  /// The database is another one.
  void begin_again(time_point now);

 private:
  struct seen {
    std::int64_t beat = 0;
    bool has_ended = false;
    /// Nothing where that was not seen.
    std::optional<time_point> renewed_at;
  };

  const fleet_facts& fleet_;
  std::map<std::int64_t, seen> all_;
  /// What was there before is not known.
  bool is_new_ = false;
  time_point began_at_{};
  time_point next_check_{};
};

}  // namespace millrace::simulation
