#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// How far a file of jobs has got, written in the transaction that makes its jobs: so a submit that
/// was killed goes on where it was, and makes each job once.
namespace millrace::storage {

struct batch_position {
  std::string pipeline;
  /// What is in: the first lines of the file, so many bytes with this SHA-256.
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
  std::string sha256;
  /// The jobs that were made of them.
  std::int64_t made = 0;
};

/// Where the batch of that name stands; nothing when it was never begun. Throws storage::error.
std::optional<batch_position> find_batch(connection& on, const std::string& name);

/// Writes that the batch has come from one position (nothing: its beginning) to another. False when
/// it no longer stands there, because another submitter has gone on with it. Throws storage::error.
bool move_batch(connection& on, const std::string& name, const std::optional<batch_position>& from,
                const batch_position& to, time_point now);

}  // namespace millrace::storage
