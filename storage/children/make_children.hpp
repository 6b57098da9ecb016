#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/effect.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The children that the answer of a handler makes. Those of all jobs of a transaction are made
/// together.
namespace millrace::storage {

/// Why the effects cannot be written: a child that cannot be made.
std::optional<std::string> wrong_children(const pipeline::catalog& pipelines,
                                          std::span<const pipeline::effect> effects);

/// Adds the children that the effect makes, if it makes any.
void collect_children(const pipeline::catalog& pipelines, const pipeline::job& parent,
                      const pipeline::effect& effect, std::vector<new_job>& into);

/// Writes whose children the jobs are, which are made and have these ids.
void add_children(connection& on, std::span<const new_job> children, std::span<const job_id> ids);

}  // namespace millrace::storage
