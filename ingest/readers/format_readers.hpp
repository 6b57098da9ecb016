#pragma once

#include "ingest/document/document_tree.hpp"

/// The readers of `formats`, with the limits that every file has.
namespace millrace::ingest {

tree::read_result read_docx(const tree::source_file& file);
tree::read_result read_pptx(const tree::source_file& file);
tree::read_result read_xlsx(const tree::source_file& file);
tree::read_result read_odt(const tree::source_file& file);
tree::read_result read_ods(const tree::source_file& file);
tree::read_result read_odp(const tree::source_file& file);
tree::read_result read_epub(const tree::source_file& file);
tree::read_result read_rtf(const tree::source_file& file);
tree::read_result read_mhtml(const tree::source_file& file);
/// Attachments are left out; a warning names them.
tree::read_result read_eml(const tree::source_file& file);
tree::read_result read_mbox(const tree::source_file& file);

}  // namespace millrace::ingest
