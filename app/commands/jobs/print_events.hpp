#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "app/terminal/terminal.hpp"

#include <vector>

namespace millrace::app {

/// Prints a piece of a list of events that goes on, in JSON one a line. The first piece of a table
/// has the head.
void print_events(const std::vector<actors::event_row>& events, style as, bool first);

}  // namespace millrace::app
