#pragma once

#include "ingest/document/document_tree.hpp"

#include <gumbo.h>

namespace millrace::ingest::html_tree {

/// What a page says about itself in its head: title, author, date and language, by the names of
/// HTML, Dublin Core, Open Graph and schema.org; and its description and keywords.
tree::metadata read_metadata(const GumboNode& document);

}  // namespace millrace::ingest::html_tree
