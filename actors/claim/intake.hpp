#pragma once

#include "base/time.hpp"
#include "storage/claim/stage_rooms.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace millrace::actors {

/// How many jobs a stage holds in this runtime, and how many it is given: as many as its handlers
/// begin within a short time at their present speed, and at least as many again as they have at
/// work. More would wait here while others of the database, more urgent ones or other runtimes,
/// could do something about them. From any thread.
class intake {
 public:
  /// What a handler's calls at once, `concurrency`, begin within that time is enough.
  static constexpr duration window = std::chrono::milliseconds{25};

  /// `most` is enough in any case; so many as `worthwhile` are always worth a claim.
  intake(int concurrency, int most, int worthwhile);

  /// The stage's handler starts, and holds nothing.
  void begin();
  /// Jobs are on their way to it, and have come.
  void sent(int jobs) { under_way_ += jobs; }
  void arrived(int jobs) { under_way_ -= jobs; }
  /// Jobs that wait or are at work there.
  void holds(int jobs) { held_ = jobs; }
  /// That many jobs came back from the handler after so long; it is given batches of `batch`.
  void learn(int jobs, duration took, int batch);

  int enough() const { return enough_; }
  int held() const { return held_ + under_way_; }
  int room() const;
  /// It has so few that a claim for it is worth its write.
  bool is_hungry() const;
  /// It has far more than enough; and it has had for so long that it must have become slower.
  bool has_too_much() const { return held() > 2 * enough(); }
  void be_crowded(bool is) { is_crowded_ = is; }
  bool is_crowded() const { return is_crowded_; }

 private:
  const int concurrency_;
  const int most_;
  const int worthwhile_;
  std::atomic<int> under_way_ = 0;
  std::atomic<int> held_ = 0;
  std::atomic<int> enough_;
  std::atomic<bool> is_crowded_ = false;
  /// What the handler took for a job lately, in microseconds; written by the stage's handler only.
  double job_us_ = 0;
};

/// By the numbers of pipelines and their stages.
using intakes = std::vector<std::vector<std::shared_ptr<intake>>>;

/// A stage has room for what it and all behind it in its pipeline have room for.
storage::stage_rooms rooms_of(const intakes& all);

/// Whether a claim for the stage is worth its write: so it is for it and all behind it.
bool is_hungry(const intakes& all, storage::stage_rooms::place at);

}  // namespace millrace::actors
