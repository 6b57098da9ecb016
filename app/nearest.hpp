#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {

/// The edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The known name that `word` was probably meant to be, and the first of equals; empty when none is
/// known. A name's last part counts as the name: `in_flight` is near to `runtime.in_flight`.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// "did you mean `NAME`?" with the nearest name; empty when none is known.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace millrace::app
