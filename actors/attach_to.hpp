#pragma once

#include "pipeline/error.hpp"
#include "storage/files.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace millrace::actors {

/// Nobody to attach to, or nobody who speaks our protocol.
class attach_error : public pipeline::error {
 public:
  attach_error(std::string why, std::string next)
      : pipeline::error{"cannot attach to a runtime", std::move(why), std::move(next)} {}
};

/// Connects to the gate of the runtime that uses the data directory, and greets. Waits for a few
/// seconds at most. Throws attach_error, which says which side to upgrade when they speak different
/// protocols.
storage::unique_fd attach_to(const std::filesystem::path& data_dir, const std::string& version);

}  // namespace millrace::actors
