#pragma once

#include "ingest/readers/containers.hpp"
#include "ingest/unpacked.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>

/// How `millrace-parser` hands out what a file holds.
namespace millrace::ingest {

/// What stands before the bytes of the members, which follow one after the other: a line that names
/// the form, the text as to_wire() has it, and the sizes of the members.
std::string container_head(const rendered& text, const container& what);

/// What came from the helper, whose word counts for nothing: all of it in the one form, no path
/// that leads out of the file.
std::optional<std::variant<unpacked_file, tree::unreadable>> container_from_wire(
    std::shared_ptr<const std::string> bytes);

}  // namespace millrace::ingest
