#pragma once

#include "ingest/pdf/piece.hpp"

namespace millrace::ingest::pdf_layout {

/// Adds a line to the text of the lines before it: with a space, or as the rest of a word that
/// was divided between them.
void join_line(std::string& text, std::string_view next, const usual& about);

/// Makes paragraphs and items of the lines of one block, in the order in which they are read.
void add_paragraphs(const std::vector<line>& lines, const page& on, const usual& about,
                    std::vector<piece>& into);

/// Whether `next` goes on where `before`, at the end of a column or page, breaks off in the middle
/// of a sentence.
bool goes_on(const piece& before, const piece& next);

/// Gives bullets and the numbers of items and sections that stand apart to the line beside them.
void join_labels(std::vector<line>& lines);

}  // namespace millrace::ingest::pdf_layout
