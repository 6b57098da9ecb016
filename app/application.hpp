#pragma once

#include "app/settings/sources.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/registry.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// What a program adds to millrace.
struct extension {
  pipeline::registry handlers;
  /// Pipelines that need no configuration; as those built in they may be tuned, not redefined.
  std::vector<pipeline::definition> pipelines;
};

/// `millrace WORDS...`: runs the command, tells what went wrong on stderr, and answers the exit
/// code.
int run_application(const std::vector<std::string>& words, const environment& variables,
                    extension own = {});

}  // namespace millrace::app
