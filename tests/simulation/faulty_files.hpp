#pragma once

#include <functional>

namespace millrace::simulation {

/// What SQLite does with the files of a database.
enum class file_operation {
  read,
  write,
  sync,
  lock_to_write,
  /// These two are told of afterwards, and cannot fail.
  locked_to_write,
  unlocked,
};

/// Asked before each operation: 0 lets it happen, any other code of SQLite is its failure.
using file_hook = std::function<int(file_operation)>;

/// From now on SQLite asks the hook, for every database that this process opens. Nothing is synced:
/// what dies in a simulation is a runtime and never the machine. An empty hook lets everything
/// happen.
void watch_files(file_hook hook);

/// Takes the lock from the one that has it, as a server does that ends a session: what it does from
/// now on in its transaction must fail.
void take_write_lock();
/// A connection has it.
bool is_write_locked();

}  // namespace millrace::simulation
