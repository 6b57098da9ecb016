#pragma once

#include "storage/error.hpp"

#include <string_view>
#include <utility>

namespace millrace::storage {

/// Throws what is being handled anew, as storage::error if it comes from SOCI or SQLite.
[[noreturn]] void rethrow_as_error(std::string_view what);

/// Runs `work` and turns what SOCI and SQLite throw into storage::error, with `what` as its first
/// words ("cannot claim jobs"). A storage::error from within passes as it is.
template <class Work>
decltype(auto) guarded(std::string_view what, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    rethrow_as_error(what);
  }
}

}  // namespace millrace::storage
