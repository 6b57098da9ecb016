#pragma once

#include <gumbo.h>

#include <string>
#include <string_view>

/// Questions about the elements of a parsed page.
namespace millrace::ingest::html_elements {

/// The value of an attribute; empty when it is not there.
std::string_view attribute(const GumboElement& of, const char* name);

/// Scripts, navigation, controls, what is hidden: nothing to read in it.
bool is_dropped(const GumboNode& node);

/// Begins and ends a paragraph.
bool is_block(GumboTag tag);

/// 1 to 6 for a heading, else 0.
int heading_level(GumboTag tag);

/// The language of a block of code, as its class says; empty when it does not.
std::string language_of(const GumboNode& pre);

}  // namespace millrace::ingest::html_elements
