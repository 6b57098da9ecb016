#include "ingest/markdown/blocks.hpp"

#include "base/check.hpp"
#include "ingest/chunk/text_boundaries.hpp"

#include <cmark-gfm.h>
#include <cmark-gfm/parser.h>

#include <algorithm>
#include <limits>
#include <memory>

// cmark is asked for the structure of blocks only, and never for what is inside them: the parser is
// fed but not finished, and the tree is read from it while it is open. That leaves out everything
// in cmark-gfm 0.29.0.gfm.6 that takes quadratic time (tables, emphasis, brackets). What is left of
// it, blank lines in deep nesting, is kept from cmark: it sees the first of them only, and of long
// lines the ends.

namespace millrace::ingest {
namespace {

// What cmark needs of a long line are its beginning (the kind of block) and its end (of HTML). This
// bounds how deep a line can nest, and the depth of the tree.
constexpr std::size_t shown_head = 1024;
constexpr std::size_t shown_tail = 256;
// Bytes between two harvests: bounds the memory of the tree.
constexpr std::size_t harvest_interval = std::size_t{256} * 1024;

struct parser_deleter {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

/// Feeds cmark line by line and gathers the blocks that it finds.
class outline {
 public:
  explicit outline(std::string_view text) : text_(text) {
    MILLRACE_CHECK(text.size() < std::numeric_limits<std::uint32_t>::max());
  }

  std::vector<block> read() {
    std::size_t harvested = 0;
    bool blank_before = false;
    for (std::size_t begin = 0; begin < text_.size();) {
      const auto end = std::min(text_.find_first_of("\r\n", begin), text_.size());
      const auto line = text_.substr(begin, end - begin);
      const bool blank = is_blank(line);
      if (!blank || !blank_before) {
        line_begins_.push_back(static_cast<std::uint32_t>(begin));
        show(blank ? std::string_view{} : line);
      }
      blank_before = blank;
      begin = end + (text_.substr(end, 2) == "\r\n" ? 2 : 1);
      if (begin - harvested > harvest_interval) {
        harvest(parser_->root, 0);
        harvested = begin;
      }
    }
    gather_below(parser_->root, 0);
    return ordered();
  }

 private:
  void feed(std::string_view bytes) {
    cmark_parser_feed(parser_.get(), bytes.data(), bytes.size());
  }

  /// Shows cmark a line, or of a long one both ends.
  void show(std::string_view line) {
    const bool is_long = line.size() > shown_head + shown_tail;
    feed_without_definition(is_long ? line.substr(0, shown_head) : line);
    if (is_long)
      feed(line.substr(line.size() - shown_tail));
    feed("\n");
  }

  /// Does not let cmark see the definition of a link: it would take it out of the text and keep it.
  void feed_without_definition(std::string_view line) {
    const auto first = line.find_first_not_of(" \t>-+*.)0123456789");
    if (first != line.npos && line[first] == '[') {
      feed(line.substr(0, first));
      feed("x");
      line.remove_prefix(first + 1);
    }
    feed(line);
  }

  void gather(cmark_node* node, int depth) {
    const auto type = cmark_node_get_type(node);
    const auto line = static_cast<std::size_t>(cmark_node_get_start_line(node));
    block found{.begin = line_begins_[line - 1],
                .depth = static_cast<std::uint8_t>(std::min(depth, 255))};
    if (type == CMARK_NODE_HEADING && depth == 0) {
      found.kind = block_kind::heading;
      found.level = static_cast<std::uint8_t>(cmark_node_get_heading_level(node));
    } else if (type == CMARK_NODE_CODE_BLOCK) {
      found.kind = block_kind::code;
    }
    if (!blocks_.empty() && blocks_.back().begin == found.begin)
      merge(blocks_.back(), found);
    else
      blocks_.push_back(found);
  }

  /// Makes two blocks that begin at the same place one.
  static void merge(block& same, const block& other) {
    same.depth = std::min(same.depth, other.depth);
    if (other.kind == block_kind::code)
      same.kind = block_kind::code;
  }

  // The recursion is as deep as the nesting, which shown_head bounds.
  void gather_below(cmark_node* node, int depth) {
    for (auto* child = cmark_node_first_child(node); child; child = cmark_node_next(child)) {
      gather(child, depth);
      gather_below(child, depth + 1);
    }
  }

  /// Gathers and frees the blocks that no further line can change: all but the last child, on each
  /// level of what is still open.
  void harvest(cmark_node* open, int depth) {
    while (auto* last = cmark_node_last_child(open)) {
      for (auto* child = cmark_node_first_child(open); child != last;) {
        auto* next = cmark_node_next(child);
        gather(child, depth);
        gather_below(child, depth + 1);
        cmark_node_free(child);
        child = next;
      }
      open = last;
      ++depth;
    }
  }

  /// In order: what was open at a harvest was gathered later than what was in it.
  std::vector<block> ordered() {
    std::sort(blocks_.begin(), blocks_.end(), [](const block& a, const block& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.depth < b.depth;
    });
    std::size_t distinct = 0;
    for (const auto& b : blocks_) {
      if (distinct > 0 && blocks_[distinct - 1].begin == b.begin)
        merge(blocks_[distinct - 1], b);
      else
        blocks_[distinct++] = b;
    }
    blocks_.resize(distinct);
    if (blocks_.empty() || blocks_.front().begin > 0)
      blocks_.insert(blocks_.begin(), block{});
    return std::move(blocks_);
  }

  std::string_view text_;
  std::unique_ptr<cmark_parser, parser_deleter> parser_{cmark_parser_new(CMARK_OPT_DEFAULT)};
  /// Where the lines that cmark saw begin.
  std::vector<std::uint32_t> line_begins_;
  std::vector<block> blocks_;
};

/// `## Words ##` without the signs; the one of `# C#` belongs to the word.
std::string_view without_signs(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('#'), line.size()));
  const auto last = line.find_last_not_of('#');
  if (last == line.npos)
    return {};
  return is_space(line[last]) ? line.substr(0, last) : line;
}

/// All words on one line, with one space between two.
std::string on_one_line(std::string_view text) {
  std::string words;
  for (char c : text) {
    if (!is_space(c))
      words += c;
    else if (!words.empty() && words.back() != ' ')
      words += ' ';
  }
  if (words.ends_with(' '))
    words.pop_back();
  return words;
}

}  // namespace

std::vector<block> markdown_blocks(std::string_view text) { return outline{text}.read(); }

std::string heading_words(std::string_view heading) {
  const auto range = trimmed(heading, {0, heading.size()});
  heading = heading.substr(0, range.end)
                .substr(std::min(heading.find_first_not_of(" \t\r\n"), range.end));
  if (heading.starts_with('#'))
    return on_one_line(without_signs(heading.substr(0, heading.find_first_of("\r\n"))));
  const auto underline = heading.find_last_of("\r\n");
  return on_one_line(heading.substr(0, underline == heading.npos ? 0 : underline));
}

}  // namespace millrace::ingest
