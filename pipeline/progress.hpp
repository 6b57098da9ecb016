#pragma once

#include <optional>
#include <string>

namespace millrace::pipeline {

/// How far a handler says it is with a job.
struct progress {
  /// 0 to 100; nothing when it cannot say.
  std::optional<double> percent;
  /// One line; may be empty.
  std::string message;
};

/// Takes what a handler says of the job in its hands.
class progress_listener {
 public:
  virtual ~progress_listener() = default;
  /// From any thread.
  virtual void hear(progress how_far) = 0;
};

}  // namespace millrace::pipeline
