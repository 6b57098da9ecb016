#pragma once

#include "pipeline/fleet_clock.hpp"
#include "storage/runtimes/process.hpp"

#include <string>

namespace millrace::actors {

/// Lets a runtime's clock follow the database server's, and says what is wrong with either.
class clock_watch {
 public:
  /// `time` may be null: then nothing is followed and nothing told. It must outlive the watch.
  explicit clock_watch(pipeline::fleet_clock* time) : time_(time) {}

  /// Asks the server; throws storage::error. Where there is no server, the
  /// clock does not go back behind the time of the newest event.
  void follow(storage::connection& on, const storage::process& self);
  void go_on_from(storage::connection& on);

  /// Logs steps, and differences that begin or end.
  void tell();

  /// What is wrong; empty for nothing.
  const std::string& trouble() const { return trouble_; }

 private:
  pipeline::fleet_clock* time_;
  std::string trouble_;
};

}  // namespace millrace::actors
