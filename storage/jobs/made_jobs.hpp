#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/effect.hpp"
#include "storage/jobs/types.hpp"
#include "storage/jobs/unique_keys.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

/// The jobs that the answer of a handler makes beside its children. Those of all jobs of a
/// transaction are made together.
namespace millrace::storage {

/// Why the effects cannot be written: a job that cannot be made.
std::optional<std::string> wrong_made_jobs(const pipeline::catalog& pipelines,
                                           std::span<const pipeline::effect> effects);

/// Adds the unique keys of the jobs that the effects make.
void collect_keys(const pipeline::catalog& pipelines, std::span<const pipeline::effect> effects,
                  std::set<key_name>& into);

/// Adds the jobs that the effects make, which are not wrong.
void collect_made_jobs(const pipeline::catalog& pipelines, const pipeline::job& maker,
                       std::span<const pipeline::effect> effects, std::vector<new_job>& into);

}  // namespace millrace::storage
