#pragma once

#include "base/os/spawn.hpp"
#include "pipeline/handlers/settings.hpp"
#include "pipeline/registry.hpp"

#include <string_view>

namespace millrace::pipeline::external {

/// How the processes of a stage are made.
struct recipe {
  os::program what;
  place where;
  settings how;
};

/// The recipe for the words of a command line. The environment is clean: what says where and in
/// which language a program runs, MILLRACE_PIPELINE and MILLRACE_STAGE, and what the stage names.
/// Throws millrace::error when they are no command line, or there is no such program.
recipe make_recipe(std::string_view command_line, const place& where, const settings& how);

/// What a stage that cannot work is called among the troubles.
std::string trouble_name(const place& where);

/// Tells what there is to tell of a process that was made so.
void tell(const recipe& of, notice::kind what, pid_t pid, job_id job, std::string_view text);

/// "python3", as one speaks of it.
std::string_view name_of(const recipe& of);

}  // namespace millrace::pipeline::external
