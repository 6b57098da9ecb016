#pragma once

#include <string_view>

namespace millrace {

/// Whether objects and lists stand within each other deeper than bounds::deepest_json allows. Any
/// text may be given, JSON or not; the answer for most is as fast as counting its brackets.
bool is_too_deep(std::string_view json);

}  // namespace millrace
