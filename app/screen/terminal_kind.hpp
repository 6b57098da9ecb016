#pragma once

namespace millrace::app {

/// Whether a person may look and press keys: input and output are a terminal, of a kind that can be
/// drawn on.
bool can_go_full_screen();

}  // namespace millrace::app
