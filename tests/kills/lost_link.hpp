#pragma once

#include <string>
#include <vector>

namespace millrace::killtest {

/// A runtime on PostgreSQL is cut off until another one has rescued its job, and lives; then that
/// one is killed. Neither sees the other's pid. Answers everything that must not be. Throws
/// not_here.
std::vector<std::string> charge_only_the_dead();

}  // namespace millrace::killtest
