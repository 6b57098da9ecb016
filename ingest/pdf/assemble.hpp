#pragma once

#include "ingest/pdf/page.hpp"

namespace millrace::ingest::pdf_layout {

/// The tree of a document of these pages. Has no blocks where no page has text; pages without are
/// named in a warning (PDF_PAGES_WITHOUT_TEXT).
tree::document assemble(std::vector<page>&& pages, const std::vector<bookmark>& outline);

}  // namespace millrace::ingest::pdf_layout
