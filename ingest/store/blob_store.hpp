#pragma once

#include "ingest/interfaces.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::ingest {

/// Files under a folder, 0600 in folders 0700. A blob is written to a temporary name,
/// fsynced, renamed, and its folder fsynced: it is there whole or not at all.
/// Throws storage::error when there is no room, and unavailable when the folder cannot
/// be used, or is not there where blobs should be; a URI that leaves the folder is a bug of the
/// caller.
class blob_store final : public blobs {
 public:
  explicit blob_store(std::filesystem::path folder) : root_(std::move(folder)) {}

  void put(const std::string& uri, std::string_view bytes) override;
  std::optional<std::string> get(const std::string& uri) override;
  std::string path(const std::string& uri) override;
  bool has(const std::string& uri) override;

  /// Throws unavailable when the folder cannot be written by this user. Writes nothing.
  void check() const;

  /// Removes what writers that are dead have left half written; answers how many files. Others may
  /// use the folder meanwhile, this process and others alike. Reads every name in the folder.
  std::int64_t remove_leftovers(const std::stop_token& stop = {}) const;

 private:
  static std::optional<std::string> read(const std::filesystem::path& blob);
  void require_folder() const;

  std::filesystem::path root_;
};

}  // namespace millrace::ingest
