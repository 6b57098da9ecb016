#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::pipeline::external {

/// The words of a command line, as a shell would split them, and nothing else that a shell does:
/// words are separated by blanks; 'single quotes' keep all as it is, "double quotes" all but \" and
/// \\, and outside of quotes a backslash keeps the next character. Nothing for a quote that is not
/// closed, or a backslash at the end.
std::optional<std::vector<std::string>> split_words(std::string_view text);

}  // namespace millrace::pipeline::external
