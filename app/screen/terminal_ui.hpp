#pragma once

#include "app/screen/runtime_client.hpp"
#include "base/time.hpp"

#include <string>

namespace millrace::app {

/// Shows a runtime until the user quits, and opens it again when it has gone. Orders are given in
/// the name of `user`. Throws actors::attach_error when there is no runtime to begin with. The
/// terminal is left as it was, also where a signal ends the process.
void run_full_screen(const open_runtime& open, const std::string& user, const clock& time);

}  // namespace millrace::app
