#include "app/millrace.hpp"

#include "app/application.hpp"

#include <utility>

namespace millrace {

int run(int argc, char** argv, registry handlers, std::vector<pipeline::definition> pipelines) {
  return run(argc, argv, application{std::move(handlers), std::move(pipelines)});
}

int run(int argc, char** argv, application own) {
  return app::run_application(
      {argv + 1, argv + argc}, app::process_environment(),
      {std::move(own.handlers), std::move(own.pipelines), std::move(own.schema)});
}

}  // namespace millrace
