#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::pipeline {

/// Whether the text can be a job's payload: a JSON document, and no string of it has a NUL, which
/// PostgreSQL cannot keep.
bool is_payload(std::string_view text);

/// Why the text is not a payload, in words for the submitter; nothing when it is one.
std::optional<std::string> trouble_in_payload(std::string_view text);

/// What is_payload() asks for, in words.
inline constexpr std::string_view payload_words =
    "a JSON document without NUL characters (\\u0000)";

}  // namespace millrace::pipeline
