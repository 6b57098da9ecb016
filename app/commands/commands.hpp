#pragma once

#include "app/command.hpp"

/// One function a command, each in the file of its name.
namespace millrace::app {

command submit_command();
command run_command();
command serve_command();
command jobs_command();
command job_command();
command explain_command();
command events_command();
command search_command();
command reindex_command();
command eval_command();
command documents_command();
command document_command();
command schedules_command();
command cancel_command();
command retry_command();
command replay_command();
command move_command();
command delete_command();
command pause_command();
command resume_command();
command inspect_command();
command console_command();
command health_command();
command token_command();
command certs_command();
command migrate_command();
command config_command();

}  // namespace millrace::app
