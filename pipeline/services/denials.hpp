#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>

namespace millrace::pipeline::remote {

/// Tells a service that refuses all requests, as with a wrong key or URL, from one that refuses a
/// single request: that one stands between others that are answered well. Pure.
class denials {
 public:
  /// A call begins. Its end is reported with the number that this answers.
  std::uint64_t begin() { return ++begun_; }
  void answered_well(std::uint64_t call);
  /// The call was refused. True where that says something about this request alone: since the
  /// last refusal, a short time ago, a call began and was answered well.
  bool is_of_the_request(std::uint64_t call, int status, time_point now);

 private:
  std::uint64_t begun_ = 0;
  /// Calls that had begun at the last refusal.
  std::uint64_t begun_at_last_ = 0;
  time_point last_{};
  bool well_since_ = false;
};

}  // namespace millrace::pipeline::remote
