#pragma once

#include "ingest/files/file_seal.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"
#include "ingest/upload.hpp"
#include "pipeline/api.hpp"

#include <optional>
#include <vector>

namespace millrace::ingest {

/// How the members of archives and mail are taken in.
struct member_rules {
  intake_settings intake{};
  unpack_settings unpack{};
  /// Marks their jobs; null where no job has a mark.
  const file_seal* seal = nullptr;
};

/// The file that holds the members.
struct holding_file {
  const document& file;
  /// The payload of its job, whose owner is theirs as well.
  const upload& from;
  /// What it was unpacked within.
  unpack_limits limits{};
};

/// What the members of a file become.
struct member_jobs {
  std::vector<new_child> children{};
  /// Names those that become no job; nothing when there are none.
  std::optional<tree::warning> warning{};
};

/// Stores the members that are files of kinds that are read, and makes a child job for each. What
/// is stored depends on the bytes alone, so that a second call stores nothing else. Nothing when
/// the answer is no longer wanted.
///
/// A member that holds others may unpack to as much of the file's limits as it has of the bytes of
/// all such members: so the limits of the outermost file hold for all that is in it.
std::optional<member_jobs> make_members(const holding_file& in, const unpacked_file& unpacked,
                                        const member_rules& rules, documents& known, blobs& store,
                                        const context& at);

}  // namespace millrace::ingest
