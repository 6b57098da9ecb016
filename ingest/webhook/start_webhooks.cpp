#include "ingest/webhook/start_webhooks.hpp"

#include "ingest/stages.hpp"
#include "storage/db/connection_pool.hpp"
#include "storage/history/job_queries.hpp"

#include <string>
#include <variant>

namespace millrace::ingest {
namespace {

called_job run_now(storage::connection& on, const actors::server_setup& setup, job_id id) {
  if (!storage::find_job(on, id))
    return called_job::unknown;
  storage::job_store jobs{on, setup.pipelines, actors::rules_of(setup.settings)};
  const auto became = jobs.control.run_now(id, std::string{parsing_handler}, "the parser's webhook",
                                           setup.database_time.now());
  return std::holds_alternative<pipeline::change>(became) ? called_job::run_now
                                                          : called_job::does_not_wait;
}

}  // namespace

std::unique_ptr<actors::background_server> start_webhooks(const webhook_settings& settings,
                                                          const actors::server_setup& setup) {
  const auto connections = std::make_shared<storage::connection_pool>(setup.settings.database);
  return std::make_unique<webhook_server>(
      settings, setup.machine_time, [connections, setup](job_id id) {
        return connections->with_connection("cannot obey a webhook", [&](storage::connection& on) {
          return run_now(on, setup, id);
        });
      });
}

}  // namespace millrace::ingest
