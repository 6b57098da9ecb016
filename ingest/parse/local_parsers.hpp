#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

namespace millrace::ingest {

/// Makes the parsers that need no other machine the ones to use, for all four media types: text@1,
/// markdown@1, html@1 and pdf@1.
void use_local_parsers(service_directory& services, const parser_settings& settings);

}  // namespace millrace::ingest
