#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

namespace millrace::ingest {

/// Makes the parsers that need no other machine the ones to use: those of readers() and
/// container_readers(), and pdf@3. They share the parser processes of a pool, which ends with the
/// last of them.
void use_local_parsers(service_directory& services, const parser_settings& settings);

}  // namespace millrace::ingest
