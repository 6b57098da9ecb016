#include "pipeline/ingest/markdown_blocks.hpp"

#include "pipeline/check.hpp"
#include "pipeline/ingest/text_boundaries.hpp"

#include <cmark-gfm.h>
#include <cmark-gfm/parser.h>

#include <algorithm>
#include <limits>
#include <memory>

// cmark is asked for the structure of blocks only, and never for what is inside them: the parser is
// fed but not finished, and the tree is read from it while it is open. That leaves out everything
// in cmark-gfm 0.29.0.gfm.6 that takes quadratic time (tables, emphasis, brackets). What is left
// of it, deep nesting, is kept from cmark by showing it harmless lines (see outline::show).

namespace millrace::pipeline::ingest {
namespace {

// Deeper nesting than this is nobody's document.
constexpr int max_markers = 32;
constexpr std::size_t max_indent = 128;
// What cmark needs of a long line are its beginning (the kind of block) and its end (of HTML).
constexpr std::size_t shown_head = 3072;
constexpr std::size_t shown_tail = 512;
// Bytes between two harvests: bounds the memory of the tree.
constexpr std::size_t harvest_interval = 256 * 1024;

struct parser_deleter {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

/// Whether a line opens more lists and quotes, or is indented further, than any real one.
bool nests_too_deep(std::string_view line) {
  std::size_t indent = 0;
  int markers = 0;
  for (char c : line) {
    if (c == ' ' || c == '\t') {
      if (++indent > max_indent)
        return true;
    } else if (c == '>' || c == '-' || c == '+' || c == '*' || c == '.' || c == ')') {
      indent = 0;
      ++markers;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  // A line of nothing but dashes or stars is a rule or the underline of a heading.
  return markers > max_markers && line.find_first_not_of(line.front()) != line.npos;
}

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

  /// Shows cmark a line, changed where it would cost more than it tells.
  void show(std::string_view line) {
    if (nests_too_deep(line)) {
      feed(line.substr(0, std::min(line.find_first_not_of(" \t"), max_indent)));
      line = "x";
    } else if (line.substr(std::min(line.find_first_not_of(" \t>"), line.size()))
                   .starts_with('[')) {
      // Not a definition of a link: cmark would take it out of the text and keep it for ever.
      feed(line.substr(0, line.find('[')));
      feed("x");
      line.remove_prefix(line.find('[') + 1);
    }
    if (line.size() > shown_head + shown_tail) {
      feed(line.substr(0, shown_head));
      line.remove_prefix(line.size() - shown_tail);
    }
    feed(line);
    feed("\n");
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

  // The recursion is as deep as the nesting, which show() bounds.
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
      // Its first children will be gone when it is gathered at last; it begins here all the same.
      if (cmark_node_first_child(last))
        gather(last, depth);
      open = last;
      ++depth;
    }
  }

  /// What was open at a harvest was gathered more than once, and later than what is in it.
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

}  // namespace millrace::pipeline::ingest
