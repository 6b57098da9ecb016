#pragma once

namespace millrace {

/// Reports a broken invariant on stderr and aborts. Called by MILLRACE_CHECK only.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace millrace

/// Ends the process when an invariant does not hold, in release builds too: a bug must not go on
/// to write to the database. Never for input, which gets an error.
#define MILLRACE_CHECK(condition) \
  ((condition) ? void(0) : ::millrace::check_failed(#condition, __FILE__, __LINE__))
