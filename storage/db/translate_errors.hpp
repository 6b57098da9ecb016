#pragma once

#include "storage/db/error.hpp"

#include <string_view>
#include <utility>

namespace millrace::storage {

/// Throws what is being handled, as storage::error unless it is a millrace::error: of the kind that
/// the database's code means, or, where no database said it, permanent.
[[noreturn]] void rethrow_as_error(std::string_view what);

/// What is being handled, for a thread that must not let it pass.
error current_error(std::string_view what);

/// Runs `work` and turns what SOCI, SQLite and the library throw into storage::error, with `what`
/// as its first words ("cannot claim jobs"). A storage::error from within passes as it is.
template <class Work>
decltype(auto) guarded(std::string_view what, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    rethrow_as_error(what);
  }
}

}  // namespace millrace::storage
