#pragma once

#include "pipeline/tracing/exporter.hpp"
#include "storage/db/database.hpp"

#include <span>
#include <vector>

namespace millrace::storage {

/// What only the database knows of jobs with traces: the spans of those that have ended, from their
/// making to their end, and of the attempts that died with their runtime. Nothing of jobs that are
/// gone, or that have no trace. Throws error.
std::vector<pipeline::tracing::span> read_traces(
    connection& on, const pipeline::tracing::sampler& sampling,
    std::span<const pipeline::tracing::traced_job> jobs);

}  // namespace millrace::storage
