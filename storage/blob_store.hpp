#pragma once

#include "pipeline/ingest/services.hpp"

#include <filesystem>

namespace millrace::storage {

/// Files under `{data_dir}/blobs`, 0600 in folders 0700. A blob is written to a temporary name,
/// fsynced, renamed, and its folder fsynced: it is there whole or not at all.
/// Throws storage::error; a URI that leaves the folder is a bug of the caller.
class blob_store final : public pipeline::ingest::blobs {
 public:
  explicit blob_store(const std::filesystem::path& data_dir);

  void put(const std::string& uri, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& uri) override;
  std::string path(const std::string& uri) override;

 private:
  std::filesystem::path root_;
};

}  // namespace millrace::storage
