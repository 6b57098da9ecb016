#pragma once

#include "base/error.hpp"
#include "net/host_port.hpp"
#include "net/line_stream.hpp"
#include "net/tls/tls_files.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace millrace::actors {

/// There is no runtime to attach to, or none that speaks our protocol.
class attach_error : public millrace::error {
 public:
  attach_error(std::string why, std::string next)
      : millrace::error{"cannot attach to a runtime", std::move(why), std::move(next)} {}
};

/// Where the inspector of a runtime can be reached.
struct inspector_address {
  /// That of the runtime that uses this data directory, on this machine.
  std::filesystem::path data_dir;
  /// That of one that listens elsewhere (inspector.listen), instead.
  struct remote {
    net::host_port at;
    net::tls_files files;
  };
  std::optional<remote> elsewhere{};
};

/// Connects, and greets: what follows are requests and answers
/// (actors/inspector/protocol/json_codec.hpp). Waits for a few seconds at most. Throws
/// attach_error, which says which side to upgrade when they speak different protocols, and
/// tls_error for certificates that cannot be used.
net::line_stream attach_to(const inspector_address& where, const std::string& version);

}  // namespace millrace::actors
