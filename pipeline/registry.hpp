#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/handler.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline {

/// How the work of a handler is shared out.
struct handler_traits {
  /// Jobs worth handing to a thread at once: many for a handler of microseconds, one for a parser.
  int batch = 1;
  /// Its calls at once in a stage that does not say; 0: as many as runtime.worker_threads.
  int threads = 0;
  /// For a handler of unknown speed: `batch` is the most, and so many jobs are handed over as come
  /// back within about that time. 0: always `batch`.
  duration batch_time{0};
};

/// Where a handler is to work.
struct place {
  std::string pipeline;
  stage_definition stage;
};

/// Handlers by name. A pipeline names its handlers as `name` or `name:argument`.
class registry {
 public:
  /// Makes the handler for an argument; throws millrace::error when the argument is wrong.
  using factory = std::function<stage_work(std::string_view argument, const place& where)>;

  struct found {
    stage_work work;
    handler_traits traits;
  };

  /// Adds a handler that takes no argument. Throws millrace::error when the name is taken.
  void add(std::string name, handler work, handler_traits traits = {});

  /// Adds handlers that are made from an argument. Throws millrace::error when the name is taken.
  void add_kind(std::string name, factory make, handler_traits traits = {});

  /// The handler for `name` or `name:argument`. Throws millrace::error that names the known ones
  /// when there is none.
  found make(std::string_view spec, const place& where = {}) const;

 private:
  struct entry {
    factory make;
    handler_traits traits;
  };
  std::map<std::string, entry, std::less<>> entries_;
};

/// The handlers of benchmarks and tests: `noop` advances, `sleep:DURATION` waits and advances,
/// `fail:CODE` and `fail:retry:CODE` reject and retry.
void add_basic_handlers(registry& handlers);

}  // namespace millrace::pipeline
