#pragma once

#include "ingest/document/outline.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// How `millrace-parser` hands out what it made of a file.
namespace millrace::ingest {

/// What the helper writes on stdout: a line that names the form, then text, outline and, as JSON,
/// what the document says about itself and the warnings; each behind a line with its size.
std::string to_wire(const rendered& made);
std::string to_wire(const tree::unreadable& why);

/// What came from the helper, whose word counts for nothing: all of it in the one form, the text in
/// UTF-8 without characters that do not show, the outline true for the text.
using wire_result = std::variant<rendered, tree::unreadable>;
std::optional<wire_result> from_wire(std::string_view bytes);

/// Warnings as a JSON array of {"code", "message", "count"}, as the database keeps them.
std::string warnings_to_json(const std::vector<tree::warning>& warnings);

/// Makes what came from a file fit to be shown: one line each, not too long.
void limit_metadata(tree::metadata& about);

}  // namespace millrace::ingest
