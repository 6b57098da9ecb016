#pragma once

#include "ingest/document/document_tree.hpp"

namespace millrace::ingest {

/// A table of CSV: separated by what most rows agree on, with its first row as head unless that is
/// full of numbers. Rows that have fewer or more fields than most are filled up and told of
/// (TABLE_IRREGULAR); what is no table in any way stays plain text.
tree::read_result read_csv(const tree::source_file& file);

/// The same with tabs between the fields.
tree::read_result read_tsv(const tree::source_file& file);

}  // namespace millrace::ingest
