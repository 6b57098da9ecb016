#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace millrace::benchmarks {

/// What the command line asks for. 0 means: what the case thinks fit.
struct options {
  /// `sqlite` (files in temporary folders) or postgresql://...
  std::string database;
  std::int64_t jobs = 0;
  int runs = 5;
  /// Jobs that a runtime claims at once.
  int batch = 1000;
  /// Connections on which a runtime writes at once, on PostgreSQL.
  int writers = 2;
  /// Attached to each runtime, all of them looking at what the full screen shows.
  int inspectors = 0;
  /// Of `ingest`.
  std::filesystem::path path;
  /// Jobs a second that are enqueued while a runtime works, and for how long: `burst` and `soak`.
  double rate = 0;
  double minutes = 0;
};

}  // namespace millrace::benchmarks
