#include "app/commands/commands.hpp"

namespace millrace::app {

const std::vector<command>& commands() {
  static const std::vector all{
      submit_command(),    run_command(),      serve_command(),   jobs_command(),
      job_command(),       explain_command(),  events_command(),  search_command(),
      documents_command(), document_command(), reindex_command(), eval_command(),
      schedules_command(), cancel_command(),   retry_command(),   replay_command(),
      move_command(),      delete_command(),   pause_command(),   resume_command(),
      inspect_command(),   console_command(),  health_command(),  token_command(),
      certs_command(),     migrate_command(),  config_command()};
  return all;
}

}  // namespace millrace::app
