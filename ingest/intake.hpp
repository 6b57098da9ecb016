#pragma once

#include "ingest/files/file_seal.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"
#include "pipeline/api.hpp"

namespace millrace::ingest {

/// The stage `queued`: reads the file that the job names, checks it, copies its bytes to the blobs,
/// unless they are there, and makes the document known. From here on nothing depends on the file.
///
/// A job whose bytes were submitted before waits for the end of the first one: finishes with
/// UPLOAD_DEDUP_HIT where that is done, and does the work itself where it failed.
///
/// Rejects a payload or a file that cannot be taken in, one code for each reason; and a file whose
/// bytes are not those that were submitted (FILE_CHANGED). For a job without the seal of `millrace
/// submit` and of uploads only files below `allowed_paths` are looked at (FILE_NOT_ALLOWED). The
/// job's output names the document.
outcome take_in(const job& job, const context& at, const intake_settings& settings,
                const file_seal* seal, documents& known, blobs& store);

}  // namespace millrace::ingest
