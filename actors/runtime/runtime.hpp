#pragma once

#include "actors/runtime/runtime_parts.hpp"
#include "actors/runtime/runtime_settings.hpp"
#include "base/error.hpp"

#include <string>
#include <utility>

/// A running millrace: the tree of actors, its threads and its signals.
namespace millrace::actors {

enum class run_result { stopped, went_idle };

struct run_outcome {
  run_result result = run_result::stopped;
  /// False when a handler, or the database, does not return: the process must end without joining
  /// its thread.
  bool threads_joined = true;
};

/// A failure of the runtime as a whole: a component could not start, or crashed too often.
class error : public millrace::error {
 public:
  error(std::string why, bool threads_joined)
      : millrace::error("the runtime ended", std::move(why), "see the log"),
        threads_joined_(threads_joined) {}

  /// See run_outcome.
  bool threads_joined() const { return threads_joined_; }

 private:
  bool threads_joined_;
};

/// Runs until SIGTERM or SIGINT (drain, then stop; a second one gives back at once), or until
/// nothing is left to do; reloads on SIGHUP. Blocks these signals for the whole process. Throws
/// error, storage::error, or millrace::error for a pipeline whose handler is unknown.
run_outcome run(const runtime_settings& settings, const runtime_parts& parts);

}  // namespace millrace::actors
