#pragma once

#include <sys/resource.h>

namespace millrace::ingest::sandbox {

/// How far a process that reads one file may go; 0 = as far as it likes.
struct limits {
  rlim_t cpu_seconds = 0;
  rlim_t memory_bytes = 0;
  /// Of a file that it writes.
  rlim_t output_bytes = 0;
};

/// Limits this process, and so what it starts or becomes: also to few open files, and no core.
/// 0, or an errno.
int set_limits(const limits& to);

/// Gives all capabilities away, also those that root has by being root. 0, or an errno.
int drop_capabilities();

}  // namespace millrace::ingest::sandbox
