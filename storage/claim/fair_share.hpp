#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace millrace::storage {

/// Whose turn it is among tenants that have jobs: over time each has been served in proportion to
/// its weight. A tenant that had none for a while begins where the others are: it gains nothing by
/// its absence, and loses nothing. (Start-time fair queueing, Goyal, Vin and Cheng 1996, where the
/// cost is the number of jobs.)
class fair_share {
 public:
  /// Sets which tenants have jobs now.
  void begin(const std::vector<std::string>& tenants);

  /// Which of two is served first.
  bool goes_before(const std::string& a, const std::string& b) const {
    return served_.at(a) < served_.at(b);
  }

  /// A tenant that has jobs was served.
  void served(const std::string& tenant, std::size_t jobs, int weight) {
    served_.at(tenant) += static_cast<double>(jobs) / weight;
  }

 private:
  /// The jobs that each was served, divided by its weight; of those only that are ahead or present.
  std::map<std::string, double> served_;
  /// What the one that is furthest behind was served.
  double present_ = 0;
};

}  // namespace millrace::storage
