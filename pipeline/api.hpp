#pragma once

#include "pipeline/codes.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/effect.hpp"
#include "pipeline/registry.hpp"

/// The names of the engine that applications use: the built-in pipeline `ingest`, and programs with
/// handlers of their own (app/millrace.hpp).
namespace millrace {

using pipeline::advance;
using pipeline::advance_with_children;
using pipeline::answers;
using pipeline::application_effect;
using pipeline::batch_handler;
using pipeline::context;
using pipeline::definition;
using pipeline::effect;
using pipeline::family;
using pipeline::finish;
using pipeline::handler;
using pipeline::handler_traits;
using pipeline::job;
using pipeline::job_id;
using pipeline::made_job;
using pipeline::new_child;
using pipeline::outcome;
using pipeline::place;
using pipeline::proceed;
using pipeline::registry;
using pipeline::reject;
using pipeline::retry;
using pipeline::snooze;
using pipeline::stage_definition;
using pipeline::stage_work;
namespace codes = pipeline::codes;
namespace effects = pipeline::effects;

}  // namespace millrace
