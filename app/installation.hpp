#pragma once

#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "ingest/interfaces.hpp"
#include "pipeline/troubles.hpp"

#include <functional>
#include <memory>

namespace millrace::app {

/// A function that looks for the programs and folders that the built-in stages need. It logs what
/// is missing when it first finds it so, and tells the troubles: of a parser's program once a
/// document needs it, for there are runtimes that never see one. The clock outlives it.
std::function<void()> make_installation_check(
    const settings& values, std::shared_ptr<const ingest::service_directory> services,
    std::shared_ptr<pipeline::troubles> troubles, const clock& time);

}  // namespace millrace::app
