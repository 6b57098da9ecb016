#pragma once

#include "pipeline/ingest/services.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::storage {

/// Files under a folder, 0600 in folders 0700. A blob is written to a temporary name,
/// fsynced, renamed, and its folder fsynced: it is there whole or not at all.
/// Throws storage::error; a URI that leaves the folder is a bug of the caller.
class blob_store final : public pipeline::ingest::blobs {
 public:
  explicit blob_store(std::filesystem::path folder) : root_(std::move(folder)) {}

  void put(const std::string& uri, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& uri) override;
  std::string path(const std::string& uri) override;

 private:
  std::filesystem::path root_;
};

}  // namespace millrace::storage
