#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What parsers read out of a file: a tree of typed blocks that know where they came from. All
/// strings are UTF-8. Parsers make it, the writer alone renders it as text, chunks follow it.
namespace millrace::ingest::tree {

/// A rectangle on a page, in points (1/72 inch) from its upper left corner.
struct page_box {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;

  bool operator==(const page_box&) const = default;
};

/// Where a block stands in its source. What a format does not know stays empty.
struct source_place {
  /// From 1; 0 where there are no pages.
  std::int32_t first_page = 0;
  std::int32_t last_page = 0;
  /// On first_page.
  std::optional<page_box> box{};
  /// Bytes [begin, end) of a source that is text.
  std::int64_t begin = 0;
  std::int64_t end = 0;
  /// The range of a sheet ("Prices!A1:C9"), the part of a message ("2.1"), the member of a book.
  std::string part{};
};

enum class span_kind : std::uint8_t {
  /// White space in it is one space, or one line end where it has one.
  text,
  code,
  superscript,
  subscript,
  /// The source of a formula, as TeX where it is known.
  formula,
  /// An alternative text.
  image,
  /// Without text: what follows stands on a line of its own.
  line_break,
};

/// A run of characters within a block.
struct span {
  span_kind kind = span_kind::text;
  std::string text{};
};
using spans = std::vector<span>;

struct block;
using blocks = std::vector<block>;

struct heading {
  /// 1 to 6.
  int level = 1;
  spans words{};
};

struct paragraph {
  spans words{};
  /// Of plain text: its blanks are characters as any other.
  bool keeps_blanks = false;
};

struct list_item {
  /// As it is counted in an ordered list.
  std::optional<std::int64_t> number{};
  /// Of an item with a checkbox.
  std::optional<bool> checked{};
  blocks content{};
};

struct list {
  std::vector<list_item> items{};
};

/// Every row has as many cells as the others: a cell that spans several places stands in the first
/// of them, with empty cells in the others.
struct table {
  using row = std::vector<spans>;
  spans caption{};
  /// So many rows at the beginning say what the columns are.
  std::size_t head_rows = 0;
  std::vector<row> rows{};
};

/// A function or member in code: chunks keep it whole where it fits.
struct code_part {
  /// At which it begins, from 0.
  std::size_t line = 0;
  /// In how many other parts it stands.
  int depth = 0;
};

/// Characters that are kept as they are: lines end in \n, the last one without.
struct code {
  std::string text{};
  /// In lower case ("python"); empty where it is not known.
  std::string language{};
  /// In order; none begins at line 0, and the text with parts begins with no blank line.
  std::vector<code_part> parts{};
};

/// Text whose line breaks and spaces carry meaning but that is no code: tables in ASCII, verse.
struct preformatted {
  std::string text{};
};

struct quote {
  blocks content{};
};

struct definition {
  std::vector<spans> terms{};
  blocks content{};
};

struct footnote {
  /// As the text refers to it: "1", "a".
  std::string label{};
  blocks content{};
};

/// One that stands alone, source once.
struct formula {
  std::string source{};
};

struct image {
  std::string alternative{};
};

struct page_break {};

struct block {
  std::variant<paragraph, heading, list, table, code, preformatted, quote, definition, footnote,
               formula, image, page_break>
      content{};
  source_place from{};
};

/// What a file says about itself, apart from its text.
struct metadata {
  std::string title{};
  std::string author{};
  /// As the source has it.
  std::string date{};
  /// A BCP 47 tag.
  std::string language{};
  /// What else stands in a front matter or in properties, in order.
  std::vector<std::pair<std::string, std::string>> others{};
};

/// What a parser had to guess or to leave out. docs/errors.md has the codes.
struct warning {
  std::string code{};
  /// A sentence for the person who ingested the file.
  std::string message{};
  std::int64_t count = 1;
};

/// Parsers nest blocks no deeper than this and join what lies below.
inline constexpr int max_block_depth = 60;

struct document {
  metadata about{};
  blocks content{};
  std::vector<warning> warnings{};
};

/// Why a file has no tree: its fault, with a code of docs/errors.md and a sentence.
struct unreadable {
  std::string code{};
  std::string message{};
};
using read_result = std::variant<document, unreadable>;

/// What a parser reads.
struct source_file {
  std::string_view bytes{};
  /// The file's name without folders, as it was submitted; may be empty.
  std::string_view name{};
};

/// A member of an archive or an attachment, which becomes a job of its own.
struct member {
  /// As the archive names it, without anything that leads out of it.
  std::string path{};
  std::string bytes{};
};

/// A member that becomes no job.
struct left_out {
  std::string path{};
  /// Why: a code of docs/errors.md.
  std::string code{};
};

}  // namespace millrace::ingest::tree
