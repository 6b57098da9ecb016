#pragma once

#include "ingest/formats/read_limits.hpp"

#include <pugixml.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

using node = pugi::xml_node;

/// A parsed part. Entities other than the five of XML are kept as they are written, and nothing
/// outside is read. Throws FILE_DAMAGED for what is no XML and FILE_TOO_DEEP.
std::unique_ptr<pugi::xml_document> parse_xml(std::string_view text, const read_limits& limits);

/// Names without the prefix, which each producer chooses.
std::string_view local(node element);
bool is(node element, std::string_view name);
/// The first child of that name; an empty node without one.
node child(node of, std::string_view name);
/// Down several names.
node child(node of, std::string_view name, std::string_view below);
/// The first below `of`, at any depth.
node descendant(node of, std::string_view name);
std::string_view attribute(node of, std::string_view name);
/// An integer, or `otherwise` without one.
long number_of(std::string_view digits, long otherwise);
/// All text below.
std::string text_of(node of);

}  // namespace millrace::ingest::formats
