#pragma once

#include "app/screen/state.hpp"

#include <vector>

namespace millrace::app {

/// The page of text that is open instead of a list, the help or a job, as wide as the screen and as
/// long as it is; empty when none is.
std::vector<line> page_of(const screen_state& of);

}  // namespace millrace::app
