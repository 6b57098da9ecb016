#include "ingest/readers/readers.hpp"

#include "ingest/files/media_type.hpp"
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

constexpr std::array all_readers{
    reader{"text", plain_text, "text@3", read_plain, true},
    reader{"markdown", markdown, "markdown@2", read_markdown, true},
    reader{"rst", rst, "rst@1", read_rst, true},
    reader{"source", source_code, "source@1", read_source, true},
    reader{"csv", csv, "csv@1", read_csv, true},
    reader{"tsv", tsv, "tsv@1", read_tsv, true},
    reader{"html", html, "html@2", read_html, false},
};

}  // namespace

std::span<const reader> readers() { return all_readers; }

const reader* find_reader(std::string_view kind) {
  const auto* at = std::find_if(all_readers.begin(), all_readers.end(),
                                [&](const reader& one) { return one.kind == kind; });
  return at == all_readers.end() ? nullptr : at;
}

}  // namespace millrace::ingest
