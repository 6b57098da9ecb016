#pragma once

#include "ingest/pdf/page.hpp"

namespace millrace::ingest::pdf_layout {

/// Drops what stands at the upper and lower end of pages and is no part of the text: lines that
/// recur at one place, but for their digits, and numbers of pages. `size` is that of most of the
/// text: what is larger is a title, however often it recurs.
void drop_furniture(std::vector<page>& pages, float size);

}  // namespace millrace::ingest::pdf_layout
