#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>

namespace millrace::app {

/// How the process ends. Scripts rely on the numbers.
enum class exit_code : int {
  well = 0,
  /// The command's own no: a job failed or was not found, a migration is pending.
  no = 1,
  /// The command line or the configuration is wrong.
  usage = 2,
  database = 3,
  /// No runtime to attach to, or none that speaks our protocol.
  nobody = 4,
  /// Ctrl-C while waiting, as a shell tells it.
  interrupted = 130,
};

/// Ends the command with a message and an exit code.
class error : public millrace::error {
 public:
  error(exit_code code, std::string what, std::string why, std::string next, std::string where = {})
      : millrace::error{std::move(what), std::move(why), std::move(next)},
        code_{code},
        where_{std::move(where)} {}

  exit_code code() const { return code_; }

  /// The setting that is at fault, as "FILE:LINE" or "environment NAME"; empty where the error is
  /// about no setting.
  const std::string& where() const { return where_; }

 private:
  exit_code code_;
  std::string where_;
};

/// The error of a wrong command line or configuration.
inline error bad_usage(std::string what, std::string why, std::string next) {
  return {exit_code::usage, std::move(what), std::move(why), std::move(next)};
}

/// The error of one setting, which was written at `where`.
inline error bad_setting(const std::string& where, std::string why, std::string next) {
  return {exit_code::usage, "cannot use " + where, std::move(why), std::move(next), where};
}

/// What a person reads of a failure: what happened and why, and on a line of its own what to do.
std::string explain(const millrace::error& bad);

}  // namespace millrace::app
