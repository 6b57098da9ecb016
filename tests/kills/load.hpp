#pragma once

#include "tests/simulation/random.hpp"
#include "tests/support/temp_dir.hpp"

#include <string>
#include <vector>

namespace millrace::killtest {

/// What is submitted in one round.
struct share {
  /// Files, good and broken ones, no two with the same bytes.
  std::vector<std::string> documents;
  /// For `submit --pipeline stubborn`: the job fails each time that it is tried.
  std::string stubborn;
  /// For `submit --pipeline work --batch`.
  std::string batch;
  int batch_size = 0;
};

/// The work of a kill test, round by round: the same for the same seed, and no two payloads are
/// equal.
class load {
 public:
  explicit load(std::uint64_t seed) : random_{seed} {}

  const share& next();
  const std::vector<share>& so_far() const { return shares_; }

 private:
  tests::temp_dir folder_;
  simulation::random_source random_;
  std::vector<share> shares_;
  int jobs_ = 0;
};

}  // namespace millrace::killtest
