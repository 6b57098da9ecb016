#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace millrace {

/// A failure that a person must read: what happened, why, and what to do next. Each floor derives
/// its own from it.
class error : public std::runtime_error {
 public:
  error(std::string what, std::string why, std::string next)
      : std::runtime_error(what + ": " + why + (next.empty() ? "" : " (" + next + ")")),
        what_(std::move(what)),
        why_(std::move(why)),
        next_(std::move(next)) {}

  /// What was being done when it failed, for example "cannot open the database".
  const std::string& summary() const { return what_; }
  const std::string& why() const { return why_; }
  const std::string& next() const { return next_; }

 private:
  std::string what_;
  std::string why_;
  std::string next_;
};

/// What a handler needs is missing or cannot be used, whatever the job: its jobs wait, uncharged,
/// until a person has acted.
class unavailable : public error {
 public:
  using error::error;
};

}  // namespace millrace
