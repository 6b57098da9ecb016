#pragma once

#include "app/terminal/terminal.hpp"
#include "storage/history/job_queries.hpp"

#include <vector>

namespace millrace::app {

/// Prints a piece of a list of events that goes on, in JSON one a line. The first piece of a table
/// has the head.
void print_events(const std::vector<storage::event_record>& events, style as, bool first);

}  // namespace millrace::app
