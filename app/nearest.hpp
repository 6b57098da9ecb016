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

/// As nearest(), but empty for a word that is not near to any: of which more than a third is
/// different.
std::string near_name(std::string_view word, const std::vector<std::string>& known);

/// "known: a, b, c." with forty names at most; empty when none is known.
std::string list_of_known(const std::vector<std::string>& known);

/// "did you mean `NAME`?" with a name that is near, else the list of what is known; empty when
/// nothing is.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace millrace::app
