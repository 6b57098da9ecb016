#pragma once

#include <filesystem>

namespace millrace::benchmarks {

struct ingest_options {
  /// A file or a folder of documents.
  std::filesystem::path input;
  int runs = 5;
  bool json = false;
};

/// Ingests the documents through a runtime on an embedded database, and runs the same stage
/// functions in a plain loop on the same number of threads, in turn; prints how much longer the
/// runtime takes, its memory, and how long it takes to start on the database that is left.
/// Returns the exit code.
int run_ingest(const ingest_options& options);

}  // namespace millrace::benchmarks
