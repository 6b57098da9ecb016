#pragma once

#include "ingest/html/page_survey.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest::html_tree {

/// The lines of code in an element, without numbers of lines and what is left out of the page,
/// blank lines at both ends, and a line end after the last.
std::string code_lines(const GumboNode& node, const page_survey& page);

/// The lines of a table that sets numbers beside lines of code, as GitHub, Pygments, Rouge and
/// Hugo do; nothing for other tables.
std::optional<std::string> code_of_table(const GumboNode& table, const page_survey& page);

/// The language that highlighters say in classes and attributes, at the element, in it or around
/// it; in lower case; empty when none does.
std::string code_language(const GumboNode& block);

/// Numbers that count up, one a line: nothing but a gutter.
bool is_count(std::string_view text);

}  // namespace millrace::ingest::html_tree
