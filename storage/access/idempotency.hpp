#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Requests that name themselves (Idempotency-Key): sent again within a day, one is answered as the
/// first time and makes nothing new.
namespace millrace::storage {

struct kept_answer {
  /// Of what was asked: another request must not use the same name.
  std::string digest;
  std::string answer;
};

/// Nothing where no such request was answered within a day. Throws storage::error.
std::optional<kept_answer> find_answer(connection& on, const std::string& request, time_point now);

/// To be called in the transaction of what the request does. False where it was answered meanwhile:
/// then that transaction is to be rolled back. Forgets what is older than a day. Throws
/// storage::error.
bool keep_answer(connection& on, const std::string& request, const kept_answer& what,
                 time_point now);

}  // namespace millrace::storage
