#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/limits.hpp"
#include "storage/jobs/job_rules.hpp"
#include "tests/simulation/expected_job.hpp"

#include <map>
#include <string>
#include <utility>

namespace millrace::simulation {

/// Knows the limits of stages and tenants, and compares what was claimed with them; and that what
/// they leave room for is claimed. Throws violation.
class limit_judge {
 public:
  using expected_jobs = std::map<pipeline::job_id, expected_job>;

  limit_judge(const pipeline::catalog& pipelines, const storage::job_rules& rules)
      : pipelines_(pipelines), rules_(rules) {}

  /// The job was claimed, at that time of the claiming runtime's clock.
  void on_claim(pipeline::job_id id, const expected_job& j, time_point at);
  /// A clock was set. While clocks differ by more than limits allow for, rates are not compared.
  void clocks_were_set(bool are_alike);
  /// A runtime has died: a waiting job begins to wait now.
  void begin_again() { could_start_.clear(); }
  /// Compares how many are at work.
  void count(const expected_jobs& jobs) const;
  /// Nothing goes wrong any more, and nothing is paused: what may start does so soon.
  void require_progress(const expected_jobs& jobs, time_point now);

 private:
  /// Of a stage of a pipeline, of a tenant, or of a concurrency key in a pipeline.
  using key = std::pair<int, std::string>;
  struct bucket {
    pipeline::rate by;
    double tokens = 0;
    time_point at{};
  };

  template <class Visit>
  void each_limit(const expected_job& j, Visit visit) const;
  std::map<key, std::int64_t> at_work(const expected_jobs& jobs) const;
  bool has_room(const expected_job& j, const std::map<key, std::int64_t>& at_work,
                time_point now) const;
  /// Another job of its key may have the place.
  static bool waits_for_key(pipeline::job_id id, const expected_job& j, const expected_jobs& jobs);
  std::string name(const key& of) const;

  const pipeline::catalog& pipelines_;
  const storage::job_rules& rules_;
  std::map<key, bucket> buckets_;
  bool clocks_are_alike_ = true;
  /// Since when a job might start.
  std::map<pipeline::job_id, time_point> could_start_;
};

}  // namespace millrace::simulation
