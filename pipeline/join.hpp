#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/handler.hpp"
#include "pipeline/job.hpp"

#include <optional>

namespace millrace::pipeline {

/// Why the handler of a stage that joins is not called for the job yet, or never: it waits for its
/// children, or one of them has failed and the stage wants all of them done. Nothing when the
/// handler's turn has come.
std::optional<outcome> hold_at_join(const job& j, join_policy policy, time_point now);

/// The work of a stage that joins: what hold_at_join() holds does not reach `work`.
stage_work join_first(stage_work work, join_policy policy);

}  // namespace millrace::pipeline
