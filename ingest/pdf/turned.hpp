#pragma once

#include "ingest/pdf/page.hpp"

namespace millrace::ingest::pdf_layout {

/// Turns a page whose text runs upwards or downwards so that it runs from left to right, and puts
/// lines that run in another direction than most of the page's text aside.
void set_upright(page& what);

}  // namespace millrace::ingest::pdf_layout
