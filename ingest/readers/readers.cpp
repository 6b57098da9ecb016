#include "ingest/readers/readers.hpp"

#include "ingest/files/media_type.hpp"
#include "ingest/html/read_html.hpp"
#include "ingest/readers/format_readers.hpp"
#include "ingest/readers/markdown_tree.hpp"
#include "ingest/readers/plain_tree.hpp"
#include "ingest/text/csv_tree.hpp"
#include "ingest/text/rst_tree.hpp"
#include "ingest/text/source_tree.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

constexpr std::array all_readers{
    reader{"text", plain_text, "text@3", read_plain, true},
    reader{"markdown", markdown, "markdown@2", read_markdown, true},
    reader{"rst", rst, "rst@1", read_rst, true},
    reader{"source", source_code, "source@1", read_source, true},
    reader{"csv", csv, "csv@1", read_csv, true},
    reader{"tsv", tsv, "tsv@1", read_tsv, true},
    reader{"html", html, "html@2", read_html, false},
    reader{"docx", docx, "docx@1", read_docx, false},
    reader{"pptx", pptx, "pptx@1", read_pptx, false},
    reader{"xlsx", xlsx, "xlsx@1", read_xlsx, false},
    reader{"odt", odt, "odt@1", read_odt, false},
    reader{"ods", ods, "ods@1", read_ods, false},
    reader{"odp", odp, "odp@1", read_odp, false},
    reader{"epub", epub, "epub@1", read_epub, false},
    reader{"rtf", rtf, "rtf@1", read_rtf, false},
    reader{"eml", eml, "eml@1", read_eml, false},
    reader{"mbox", mbox, "mbox@1", read_mbox, false},
    reader{"mhtml", mhtml, "mhtml@1", read_mhtml, false},
};

}  // namespace

std::span<const reader> readers() { return all_readers; }

const reader* find_reader(std::string_view kind) {
  const auto* at = std::find_if(all_readers.begin(), all_readers.end(),
                                [&](const reader& one) { return one.kind == kind; });
  return at == all_readers.end() ? nullptr : at;
}

}  // namespace millrace::ingest
