#pragma once

#include "actors/runtime/runtime.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "ingest/files/file_seal.hpp"
#include "storage/runtimes/schedules.hpp"

#include <memory>

namespace millrace::app {

/// The seal of the files that `millrace submit` is given here; its key is read when it is needed.
std::shared_ptr<const ingest::file_seal> make_file_seal(const settings& values);

/// The schedule of the settings, whose pipeline the catalog has.
storage::schedule make_schedule(const schedule_choice& from, const pipeline::catalog& pipelines);

/// What a runtime works with: the pipelines, and every handler that a stage can name, those of
/// `own` among them. The clock, of this machine, outlives it. Throws millrace::error when one of
/// these has the name of another.
actors::runtime_parts make_parts(const configuration& config, const clock& time,
                                 pipeline::registry own = {});

}  // namespace millrace::app
