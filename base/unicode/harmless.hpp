#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Whether a terminal acts on the character, or a reader is misled by it: control characters, line
/// separators, and marks that change the direction of writing. Lines and tabs are among them.
bool is_harmful(char32_t c);

/// The text as it may reach a terminal or a log, lines and tabs as they are: every other harmful
/// character becomes `\u009b`, which means the same within JSON, and bytes that are not UTF-8
/// become U+FFFD.
std::string harmless(std::string_view text);

}  // namespace millrace
