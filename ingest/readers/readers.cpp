#include "ingest/readers/readers.hpp"

#include "ingest/files/media_type.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/html/read_html.hpp"
#include "ingest/readers/markdown_tree.hpp"
#include "ingest/readers/plain_tree.hpp"
#include "ingest/text/csv_tree.hpp"
#include "ingest/text/rst_tree.hpp"
#include "ingest/text/source_tree.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

constexpr formats::read_limits limits_of_files{};

tree::read_result read_html_part(std::string_view html) {
  return read_html({.bytes = html, .name = {}});
}

template <auto Read>
tree::read_result read_within_limits(const tree::source_file& file) {
  return Read(file.bytes, limits_of_files);
}

template <auto Read>
tree::read_result read_with_html(const tree::source_file& file) {
  return Read(file.bytes, limits_of_files, read_html_part);
}

constexpr std::array all_readers{
    reader{"text", plain_text, "text@3", read_plain, true},
    reader{"markdown", markdown, "markdown@2", read_markdown, true},
    reader{"rst", rst, "rst@1", read_rst, true},
    reader{"source", source_code, "source@1", read_source, true},
    reader{"csv", csv, "csv@1", read_csv, true},
    reader{"tsv", tsv, "tsv@1", read_tsv, true},
    reader{"html", html, "html@2", read_html, false},
    reader{"docx", docx, "docx@1", read_within_limits<formats::read_docx>, false},
    reader{"pptx", pptx, "pptx@1", read_within_limits<formats::read_pptx>, false},
    reader{"xlsx", xlsx, "xlsx@1", read_within_limits<formats::read_xlsx>, false},
    reader{"odt", odt, "odt@1", read_within_limits<formats::read_odt>, false},
    reader{"ods", ods, "ods@1", read_within_limits<formats::read_ods>, false},
    reader{"odp", odp, "odp@1", read_within_limits<formats::read_odp>, false},
    reader{"epub", epub, "epub@1", read_with_html<formats::read_epub>, false},
    reader{"rtf", rtf, "rtf@1", read_within_limits<formats::read_rtf>, false},
    reader{"mhtml", mhtml, "mhtml@1", read_with_html<formats::read_mhtml>, false},
};

}  // namespace

std::span<const reader> readers() { return all_readers; }

const reader* find_reader(std::string_view kind) {
  const auto* at = std::find_if(all_readers.begin(), all_readers.end(),
                                [&](const reader& one) { return one.kind == kind; });
  return at == all_readers.end() ? nullptr : at;
}

}  // namespace millrace::ingest
