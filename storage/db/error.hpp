#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace millrace::storage {

/// What a failure of the database or of the data directory means for the caller.
enum class error_kind : std::uint8_t {
  /// It may go away by itself: busy, disconnected. Try again.
  transient,
  /// No room on the disk. Try again later, take in nothing new.
  full,
  /// The schema is not the one this binary knows, or the path is no database.
  schema,
  /// Trying again does not help.
  permanent,
};

class error : public millrace::error {
 public:
  error(error_kind kind, std::string what, std::string why, std::string next)
      : millrace::error(std::move(what), std::move(why), std::move(next)), kind_(kind) {}

  error_kind kind() const { return kind_; }

 private:
  error_kind kind_;
};

/// Another session holds a lock, and longer than this one waits for it: nothing was written.
class lock_blocked : public error {
 public:
  using error::error;
};

}  // namespace millrace::storage
