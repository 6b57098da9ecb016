#pragma once

#include "pipeline/api.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::ingest {

/// Where a member of an archive, or an attachment of mail, comes from. The job that unpacked it
/// made this one.
struct member_place {
  /// The path of the file that held it, `!/`, and its own path there.
  std::string source{};
  /// In how many files it lies.
  int depth = 1;
  /// For a member that holds others: what it may unpack to, its share of the outermost file's.
  std::int64_t max_members = 0;
  std::int64_t max_bytes = 0;
};

/// The payload of an ingest job: which file, of which owner. It lies at a path, or among the blobs
/// already.
struct upload {
  /// Absolute; empty where there is a blob.
  std::string path{};
  /// 1 to 64 of a-z 0-9 _ . -
  std::string owner = "default";
  /// Of the bytes that were submitted; empty when the submitter did not look. Intake refuses other
  /// bytes.
  std::string sha256{};
  /// The document that the bytes will be; empty when the submitter did not look.
  std::string document_id{};
  /// The job that was given the same bytes before; 0 for none. Intake waits for its end: two jobs
  /// for the same bytes end in the same way, whichever runs first.
  std::int64_t first_job = 0;
  /// Of `millrace submit` and of the API (ingest/files/file_seal.hpp); empty when other hands made
  /// the job.
  std::string seal{};
  /// `storage://raw/...` of bytes that came over HTTP, and the name of their file. Only with a
  /// seal.
  std::string blob{};
  std::string name{};
  /// What found the file, and looks at it again by itself; empty for nothing. A file that is gone
  /// or changed since is no failure then.
  std::string source{};
  /// Kept with the document.
  std::string collection{};
  /// Of a member. Only with a blob.
  std::optional<member_place> member{};
};

/// Whether the text is 1 to 64 of a-z 0-9 _ . -
bool is_owner(std::string_view name);

/// The upload as a JSON document; fields that are empty are left out.
std::string to_json(const upload& what);

/// Reads a payload. `path`, or `blob` and `name`, are required; names that it does not know are
/// ignored. Anything wrong is a reject with the code PAYLOAD_INVALID.
std::variant<upload, reject> parse_upload(std::string_view json);

}  // namespace millrace::ingest
