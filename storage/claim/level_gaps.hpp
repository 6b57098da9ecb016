#pragma once

#include "storage/claim/claim_order.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/db/database.hpp"

#include <vector>

namespace millrace::storage {

/// The first job of each gap between known levels, in lanes and priorities that are not among them:
/// no index entry of a level that was claimed from is read. `known` is in the order of the index:
/// by lane, the highest priority first. PostgreSQL only.
std::vector<waiting_lane> first_between(connection& on,
                                        const std::vector<claim_order::level>& known);

}  // namespace millrace::storage
