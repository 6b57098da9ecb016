#pragma once

#include "ingest/document/outline.hpp"
#include "pipeline/api.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::ingest {

/// How much one file that holds others may unpack to.
struct unpack_limits {
  std::int64_t members = 0;
  /// Of one member, and of all.
  std::int64_t member_bytes = 0;
  std::int64_t bytes = 0;
};

/// What a file that holds others is read as: an archive has no text of its own.
struct unpacked_file {
  struct member {
    /// Leads nowhere out of the file.
    std::string path{};
    std::string_view bytes{};
  };

  rendered text{};
  std::vector<member> members{};
  /// What cannot be had; the first of them, where they are many.
  std::vector<tree::left_out> left_out{};
  std::size_t left_out_count = 0;
  /// Holds the bytes of the members.
  std::shared_ptr<const std::string> storage{};
};

/// As parse_result.
using unpack_result = std::variant<unpacked_file, reject, retry, snooze>;

/// Reads files that hold others: archives, and mail with its attachments.
class unpacker {
 public:
  virtual ~unpacker() = default;
  /// As that of a parser. "zip@1".
  virtual std::string name() const = 0;
  virtual unpack_result unpack(const std::string& path, std::string_view file_name,
                               const unpack_limits& limits, const context& at) const = 0;
};

}  // namespace millrace::ingest
