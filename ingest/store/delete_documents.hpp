#pragma once

#include "base/time.hpp"
#include "ingest/interfaces.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The deletion of documents: text, chunks, vectors, paths and, afterwards, blobs. An event of the
/// document's job remains. All throw storage::error.
namespace millrace::ingest {

struct deletion {
  /// The documents that are no longer there.
  std::vector<std::string> documents{};
  /// What remains to be removed once the transaction is committed (remove_blobs).
  std::vector<std::string> blobs{};
  /// Nothing was changed: this job, which has not ended, works on such a document. 0 for none.
  std::int64_t busy_job = 0;
};

/// Deletes a document with all its paths. Deletes nothing where there is no such document.
deletion delete_document(storage::connection& on, const std::string& document_id,
                         const std::string& by, time_point now);

/// Forgets a path with all its versions: documents that no other path has are deleted.
deletion delete_path(storage::connection& on, const std::string& owner, const std::string& path,
                     const std::string& by, time_point now);

/// Removes what a deletion left among the blobs. What cannot be removed stays for the sweep.
void remove_blobs(blobs& from, const deletion& after);

}  // namespace millrace::ingest
