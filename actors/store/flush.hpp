#pragma once

#include "actors/promise.hpp"
#include "actors/store/store_actor.hpp"
#include "actors/store/writer.hpp"
#include "storage/db/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {

/// One write: what to write, the requests to answer, and what came of it.
struct flush {
  write_request request;
  std::vector<std::pair<promise<jobs_settled>, std::size_t>> settles;
  std::vector<promise<jobs_claimed>> claims;
  std::vector<promise<controls_read>> controls;
  std::vector<promise<database_probed>> probes;
  /// The supervisor wants to know that the database takes writes.
  bool is_confirmation = false;
  write_result result;
  /// What the writer threw, if it did.
  std::optional<storage::error> failure;

  bool empty() const {
    return settles.empty() && claims.empty() && controls.empty() && probes.empty() &&
           request.duties.empty() && !is_confirmation;
  }
};

/// A lane, and what is under way on it.
struct busy_connection {
  write_connection lane;
  bool busy = false;
  /// What the database did not take yet.
  std::shared_ptr<flush> held;
  duration wait{0};
  std::string trouble;

  bool is_free() const { return !busy && !held; }
};

}  // namespace millrace::actors
