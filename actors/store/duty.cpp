#include "actors/store/duty.hpp"

#include <array>
#include <cstddef>

namespace millrace::actors {

std::string_view to_string(duty what) {
  static constexpr std::array<std::string_view, duty_count> names{
      "settlements",    "the lease",        "children of jobs",      "claims",
      "rescue of jobs", "controls of jobs", "the look at the queue", "deletion of old jobs",
      "schedules",      "the commit"};
  return names.at(static_cast<std::size_t>(what));
}

}  // namespace millrace::actors
