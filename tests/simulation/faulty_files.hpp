#pragma once

#include <functional>

namespace millrace::simulation {

/// What SQLite does with the files of a database.
enum class file_operation { read, write, sync, lock_to_write };

/// Asked before each operation: 0 lets it happen, any other code of SQLite is its failure.
using file_hook = std::function<int(file_operation)>;

/// From now on SQLite asks the hook, for every database that this process opens. Nothing is synced:
/// what dies in a simulation is a runtime and never the machine. An empty hook lets everything
/// happen.
void watch_files(file_hook hook);

}  // namespace millrace::simulation
