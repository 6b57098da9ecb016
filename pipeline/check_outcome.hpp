#pragma once

#include "pipeline/outcome.hpp"

namespace millrace::pipeline {

/// The outcome, if every output and every payload of a child in it can be kept: one JSON document.
/// Else a failed attempt (HANDLER_ANSWER) that says why, so that none is lost in silence; a NUL
/// character, which no further attempt would remove, is a reject.
outcome checked(outcome what);

}  // namespace millrace::pipeline
