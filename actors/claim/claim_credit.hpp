#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <limits>
#include <optional>

namespace millrace::actors {

struct claim_credit_settings {
  /// Jobs in this runtime's hands at most.
  int in_flight = 0;
  /// Of payloads and outputs of these, about, at most.
  std::size_t in_flight_bytes = std::numeric_limits<std::size_t>::max();
  /// Jobs claimed at once at most.
  int claim_batch = 0;
  /// The wait after a claim that found nothing doubles from one to the other.
  duration idle_min{};
  duration idle_max{};
};

/// Jobs that are worth a claim of their own.
int worth_a_claim(const claim_credit_settings& settings);

/// The poller's decisions, without an actor: how many jobs to claim now, and how long to wait. A
/// job uses one credit from its claim until it is given back; all credit is back when nothing is in
/// work.
class claim_credit {
 public:
  explicit claim_credit(const claim_credit_settings& settings) : settings_(settings) {}

  /// How many jobs to claim now; 0 while a claim is under way, or when there is too little credit
  /// for a claim to be worth its write.
  int next_claim() const;
  /// The same where enough time has passed since the last claim for any credit to be worth one:
  /// else new jobs would wait until much of what is in hand has ended.
  int overdue_claim() const;

  /// A claim of that many jobs goes out.
  void claiming(int jobs);

  /// Of payloads and outputs, how many may come.
  std::size_t bytes_left() const;

  /// The claim brought `got` jobs. Returns how long to wait before the next one; 0 for not at all.
  /// `next_run_at` is when the next job's time comes, if one waits for its time.
  /// `is_elsewhere` says that more may come without a new job: another runtime has jobs in hand, or
  /// stages had no room for all.
  duration claimed(int got, std::optional<time_point> next_run_at, time_point now,
                   bool is_elsewhere = false);

  /// The claim was not made, because the database had not changed: all is as it was before.
  void unchanged() { asked_ = 0; }

  /// What the jobs of the last claim have.
  void loaded(std::size_t bytes) { used_bytes_ += bytes; }

  /// Jobs have left this runtime's hands, and what they had. Some of them may wait for another
  /// attempt: whether nothing is left must be asked again.
  void given_back(int jobs, std::size_t bytes = 0) {
    used_ -= jobs;
    used_bytes_ -= bytes;
    nothing_left_ = false;
  }

  int used() const { return used_; }
  bool claim_under_way() const { return asked_ > 0; }
  /// Nothing is at work, and a claim after the last job came back found nothing, not even a job
  /// that waits for its time, for room, or is in the hands of another runtime.
  bool nothing_left() const { return nothing_left_ && used_ == 0 && asked_ == 0; }

 private:
  claim_credit_settings settings_;
  int used_ = 0;
  std::size_t used_bytes_ = 0;
  int asked_ = 0;
  bool nothing_left_ = false;
  duration idle_{0};
};

}  // namespace millrace::actors
