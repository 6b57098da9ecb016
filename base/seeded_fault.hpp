#pragma once

#include <string>
#include <string_view>

/// Faults that are built in on purpose, to see that the simulation finds them
/// (tests/simulation/mutation_check.sh). They exist only where MILLRACE_SEEDED_FAULTS is defined,
/// which no build but the one of that check does.
#ifdef MILLRACE_SEEDED_FAULTS
namespace millrace {
/// The one that is there now, or several with `+` between them; empty for none.
inline std::string seeded_fault;

inline bool is_seeded(std::string_view name) {
  return ('+' + seeded_fault + '+').find('+' + std::string{name} + '+') != std::string::npos;
}
}  // namespace millrace
#define MILLRACE_SEEDED_FAULT(name) ::millrace::is_seeded(name)
#else
#define MILLRACE_SEEDED_FAULT(name) false
#endif
