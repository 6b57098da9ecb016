#include "app/millrace.hpp"

#include "app/application.hpp"

#include <utility>

namespace millrace {

int run(int argc, char** argv, registry handlers, std::vector<pipeline::definition> pipelines) {
  return app::run_application({argv + 1, argv + argc}, app::process_environment(),
                              {std::move(handlers), std::move(pipelines)});
}

}  // namespace millrace
