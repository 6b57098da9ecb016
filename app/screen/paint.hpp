#pragma once

#include "app/screen/state.hpp"
#include "base/time.hpp"

#include <vector>

namespace millrace::app {

/// The whole screen: exactly as many lines as it has rows, each exactly as wide as it. Nothing in
/// it is more than text: no control characters. `now` tells how old an old snapshot is.
std::vector<line> paint(const screen_state& of, time_point now);

}  // namespace millrace::app
