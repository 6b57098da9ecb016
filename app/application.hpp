#pragma once

#include "app/settings/sources.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"
#include "storage/db/dialect.hpp"

#include <functional>
#include <string>
#include <vector>

namespace millrace::app {

/// What a program adds to millrace.
struct extension {
  pipeline::registry handlers;
  /// Pipelines that need no configuration; as those built in they may be tuned, not redefined.
  std::vector<pipeline::definition> pipelines;
  /// The tables of its effects (database_settings::application_schema); may be null.
  std::function<std::string(storage::dialect)> schema{};
};

/// `millrace WORDS...`: runs the command, tells what went wrong on stderr, and answers the exit
/// code.
int run_application(const std::vector<std::string>& words, const environment& variables,
                    extension own = {});

}  // namespace millrace::app
