#pragma once

#include "ingest/interfaces.hpp"
#include "pipeline/api.hpp"

namespace millrace::ingest {

/// The stage `job_validated`: looks whether there is a parser for the document, and skips ahead to
/// `parse_validated` where its text is there already, made by the same version and undamaged.
///
/// A job whose document belongs to another job ends here with UPLOAD_DEDUP_HIT. Without a parser
/// it is tried again later.
outcome choose_parser(const job& job, documents& known, blobs& store,
                      const service_directory& services);

}  // namespace millrace::ingest
