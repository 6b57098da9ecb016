#pragma once

#include <string>

namespace millrace::tests {

/// The transition table as a Markdown table: a row a transition_event, a column a state, rendered
/// by calling pipeline::apply.
std::string render_state_table();

}  // namespace millrace::tests
