#pragma once

namespace millrace::app {

/// Where this is process 1, as in a container, it stays as a process that does two things: it takes
/// the exit codes of processes whose parents have ended, which would stay as zombies, and passes
/// signals on. This returns in a process of its own, with whose exit code the first one ends.
/// Elsewhere it returns at once. To be called before there are threads.
void leave_process_1();

}  // namespace millrace::app
