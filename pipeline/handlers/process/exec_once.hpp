#pragma once

#include "pipeline/handlers/settings.hpp"
#include "pipeline/registry.hpp"

#include <string_view>

namespace millrace::pipeline::external {

/// A handler that runs a command once for each job: the job on its standard input, and its exit
/// code decides. 0 is an advance, with what it printed as the output if that is JSON; 65
/// (EX_DATAERR) a reject; every other one a retry, with the last that it said on its standard
/// error. Throws millrace::error when there is no such program.
handler make_once(std::string_view command_line, const place& where, const settings& how);

}  // namespace millrace::pipeline::external
