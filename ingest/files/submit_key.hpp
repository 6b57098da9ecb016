#pragma once

#include <filesystem>
#include <string>

namespace millrace::ingest {

/// The key with which `millrace submit` seals the files that it is given: the file submit.key in
/// the folder of the blobs, which all runtimes of a database share. Made, mode 0600, by the first
/// process that needs it. Throws storage::error, also for one that others may read or write.
std::string submit_key(const std::filesystem::path& blob_dir);

/// The same, of a runtime, which makes none: where the folder is not mounted, another key would
/// refuse every file that waits. Throws unavailable where there is none.
std::string read_submit_key(const std::filesystem::path& blob_dir);

}  // namespace millrace::ingest
