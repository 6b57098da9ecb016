#pragma once

#include "ingest/upload.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace millrace::ingest {

/// The mark of `millrace submit FILE`, of an upload over HTTP, and of a stage that unpacks, on a
/// job: an HMAC over where the bytes lie, their owner and their digest. A job that was inserted by
/// other hands has none, for the key is a file that only this user reads. From several threads.
class file_seal {
 public:
  /// `read_key` is called when the key is needed first, and again if it throws.
  explicit file_seal(std::function<std::string()> read_key) : read_key_(std::move(read_key)) {}

  /// The seal of the upload, whose own is left out of it. Throws as `read_key`.
  std::string of(const upload& what) const;
  /// Whether it has the seal that it should have. Throws as `read_key`.
  bool is_on(const upload& what) const;

 private:
  std::string key() const;

  std::function<std::string()> read_key_;
  mutable std::mutex mutex_;
  mutable std::string key_;
};

}  // namespace millrace::ingest
