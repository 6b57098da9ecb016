#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>
#include <string_view>

/// How readers put trees together.
namespace millrace::ingest::formats {

bool is_blank(const tree::spans& words);
/// Joins to the last span where it is of that kind.
void append(tree::spans& to, tree::span_kind kind, std::string_view text);
/// The words of blocks in a place where only words can stand, such as a cell.
tree::spans flatten(const tree::blocks& content);
std::string plain(const tree::spans& words);
/// A level that headings can have.
int heading_level(long level);
/// i, ii, iii, iv ...; arabic from 4,000 on.
std::string roman(long number);
/// a, b, ... z, aa, bb ... as word processors count.
std::string letters(long number);

/// Appends list items by level to the list at the end of the content.
void add_item(tree::blocks& to, int level, tree::list_item item);

/// Appends a line to the code that ends the content, or begins one.
void add_code_line(tree::blocks& to, std::string_view line);

/// Makes all rows as wide as the widest; drops empty rows and columns at the end.
void square(tree::table& table);

/// "C" for column 2.
std::string column_name(std::size_t column);

void warn(tree::document& to, std::string_view code, std::string_view message);

}  // namespace millrace::ingest::formats
