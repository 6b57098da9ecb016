#pragma once

#include "app/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::app {

/// Something of a configuration that a runtime would refuse.
struct fault {
  /// "FILE:LINE", "environment NAME", "command line"; empty where it is no single setting.
  std::string where;
  std::string what;
  std::string why;
  std::string next;
};

/// What becomes of a fault: it ends the reading with its error, or is noted, and the reading goes
/// on without the setting.
class fault_policy {
 public:
  /// Notes faults there; null to end with the first.
  explicit fault_policy(std::vector<fault>* noted) : noted_{noted} {}

  template <class Step>
  void attempt(Step step) const {
    if (noted_ == nullptr)
      return step();
    try {
      step();
    } catch (const error& bad) {
      const auto what = bad.where().empty() ? bad.summary() : "cannot be used";
      noted_->push_back({bad.where(), what, bad.why(), bad.next()});
    } catch (const millrace::error& bad) {
      noted_->push_back({"", bad.summary(), bad.why(), bad.next()});
    }
  }

 private:
  std::vector<fault>* noted_;
};

}  // namespace millrace::app
