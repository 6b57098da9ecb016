#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"

#include <vector>

/// millrace for programs with handlers of their own.
namespace millrace {

using pipeline::advance;
using pipeline::advance_with_children;
using pipeline::answers;
using pipeline::batch_handler;
using pipeline::context;
using pipeline::family;
using pipeline::handler;
using pipeline::handler_traits;
using pipeline::job;
using pipeline::new_child;
using pipeline::outcome;
using pipeline::place;
using pipeline::registry;
using pipeline::reject;
using pipeline::retry;
using pipeline::snooze;
using pipeline::stage_work;
namespace effects = pipeline::effects;

/// A whole millrace, with the handlers beside its own and the pipelines beside `ingest`: every
/// command, `run` among them. The end of main(): `return millrace::run(argc, argv, handlers)`.
/// Pipelines may as well stand in the configuration.
int run(int argc, char** argv, registry handlers, std::vector<pipeline::definition> pipelines = {});

}  // namespace millrace
