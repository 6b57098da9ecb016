#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Appends the text as a JSON string. The bytes of a text that is not UTF-8 stay as they are.
void append_json_string(std::string& to, std::string_view text);

}  // namespace millrace
