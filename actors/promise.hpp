#pragma once

#include <caf/typed_response_promise.hpp>

namespace millrace::actors {

/// An answer that is given later.
template <class Reply>
using promise = caf::typed_response_promise<Reply>;

}  // namespace millrace::actors
