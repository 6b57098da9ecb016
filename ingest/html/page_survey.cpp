#include "ingest/html/page_survey.hpp"

#include "ingest/html/dropped.hpp"
#include "ingest/html/elements.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace millrace::ingest::html_tree {
namespace {

/// An element on the way from the root to where the survey is, with what was seen inside.
struct open_element {
  const GumboNode* node = nullptr;
  unsigned next = 0;
  /// Bytes of text: all, and those of links.
  std::size_t text = 0;
  std::size_t link_text = 0;
  bool heading = false;
  bool paragraph = false;
  bool copyright = false;
  bool notes = false;
};

/// A table that is open.
struct open_table {
  const GumboNode* node = nullptr;
  std::size_t rows = 0;
  /// Rows with more than one cell.
  std::size_t wide_rows = 0;
  std::size_t cells = 0;
  std::size_t cells_of_row = 0;
  bool head = false;
  bool heading = false;
  bool table = false;
  bool code = false;
};

/// Elements that a script shows later, and how much is in them.
struct hidden_part {
  const GumboNode* node = nullptr;
  std::size_t text = 0;
};

/// Of the page, not of an article in it.
bool is_of_page(const GumboNode& node) {
  for (const auto* at = node.parent; at != nullptr && is_element(*at); at = at->parent) {
    switch (at->v.element.tag) {
      case GUMBO_TAG_ARTICLE:
      case GUMBO_TAG_ASIDE:
      case GUMBO_TAG_BLOCKQUOTE:
      case GUMBO_TAG_MAIN:
      case GUMBO_TAG_SECTION:
        return false;
      default:
        break;
    }
  }
  return true;
}

class surveyor {
 public:
  explicit surveyor(std::size_t max_depth) : max_depth_(max_depth) {}

  page_survey take(const GumboNode& document) {
    open_.push_back({&document});
    while (!open_.empty() && !page_.too_deep) {
      auto& here = open_.back();
      const auto& children = children_of(*here.node);
      if (here.next == children.length)
        leave();
      else
        enter(child_at(children, here.next++));
    }
    settle_hidden();
    return std::move(page_);
  }

 private:
  void enter(const GumboNode& node) {
    if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_CDATA) {
      const std::string_view text = node.v.text.text;
      open_.back().text += text.size();
      if (footers_ > 0 && (text.find("\u00A9") != text.npos || text.find("opyright") != text.npos))
        open_.back().copyright = true;
      return;
    }
    if (node.type == GUMBO_NODE_TEMPLATE)
      page_.left_out.insert(&node);
    if (!is_element(node))
      return;
    switch (is_dropped(node)) {
      case dropped::always:
        page_.left_out.insert(&node);
        return;
      case dropped::without_scripts:
        without_scripts_.push_back(&node);
        page_.left_out.insert(&node);
        return;
      case dropped::until_script:
        hidden_.push_back({&node, 0});
        break;
      case dropped::no:
        break;
    }
    note(node);
    if (open_.size() >= max_depth_)
      page_.too_deep = true;
    open_.push_back({&node});
  }

  /// What an element says of those around it.
  void note(const GumboNode& node) {
    const auto& element = node.v.element;
    if (heading_level(element) > 0) {
      open_.back().heading = page_.has_heading = true;
      if (!tables_.empty())
        tables_.back().heading = true;
    }
    switch (element.tag) {
      case GUMBO_TAG_P:
      case GUMBO_TAG_TIME:
      case GUMBO_TAG_ADDRESS:
        open_.back().paragraph = true;
        break;
      case GUMBO_TAG_FOOTER:
        ++footers_;
        break;
      case GUMBO_TAG_TABLE:
        if (!tables_.empty())
          tables_.back().table = true;
        tables_.push_back({&node});
        break;
      default:
        if (!tables_.empty())
          note_in_table(element);
        break;
    }
    if (footers_ > 0 &&
        (attribute(element, "role") == "doc-endnotes" || has_class(element, "footnotes")))
      open_.back().notes = true;
  }

  void note_in_table(const GumboElement& element) {
    auto& table = tables_.back();
    switch (element.tag) {
      case GUMBO_TAG_TR:
        ++table.rows;
        table.cells_of_row = 0;
        break;
      case GUMBO_TAG_TH:
        table.head = true;
        [[fallthrough]];
      case GUMBO_TAG_TD:
        ++table.cells;
        if (++table.cells_of_row == 2)
          ++table.wide_rows;
        break;
      case GUMBO_TAG_CAPTION:
      case GUMBO_TAG_THEAD:
        table.head = true;
        break;
      case GUMBO_TAG_PRE:
        table.code = true;
        break;
      default:
        break;
    }
  }

  void leave() {
    const auto here = open_.back();
    open_.pop_back();
    if (!is_element(*here.node))
      return;
    if (!hidden_.empty() && hidden_.back().node == here.node)
      settle_later(here.text);
    if (!tables_.empty() && tables_.back().node == here.node)
      leave_table(here.text);
    const auto tag = here.node->v.element.tag;
    if (tag == GUMBO_TAG_FOOTER)
      --footers_;
    const bool dropped = (tag == GUMBO_TAG_HEADER && is_navigation(here)) ||
                         (tag == GUMBO_TAG_FOOTER && is_imprint(here));
    if (dropped)
      page_.left_out.insert(here.node);
    if (open_.empty() || dropped)
      return;
    auto& around = open_.back();
    around.text += here.text;
    around.link_text += tag == GUMBO_TAG_A ? here.text : here.link_text;
    around.heading = around.heading || here.heading;
    around.paragraph = around.paragraph || here.paragraph;
    around.copyright = around.copyright || here.copyright;
    around.notes = around.notes || here.notes;
    text_ = std::max(text_, around.text);
  }

  void settle_later(std::size_t text) {
    hidden_parts_.push_back({hidden_.back().node, text});
    hidden_text_ += text;
    hidden_.pop_back();
  }

  /// A page that is hidden for the most part is one that a script shows.
  void settle_hidden() {
    const bool is_page = hidden_text_ * 2 > text_;
    for (const auto& part : hidden_parts_)
      if (!is_page)
        page_.left_out.insert(part.node);
    if (text_ == 0)
      for (const auto* node : without_scripts_)
        page_.left_out.erase(node);
  }

  /// The head of a page with its name and its menu, without a heading or a sentence.
  static bool is_navigation(const open_element& header) {
    return !header.heading && !header.paragraph && is_of_page(*header.node);
  }

  /// Its foot with addresses and rights; notes to the text stay.
  static bool is_imprint(const open_element& footer) {
    if (footer.notes || !is_of_page(*footer.node))
      return false;
    return footer.copyright || !footer.paragraph || footer.link_text * 2 > footer.text;
  }

  void leave_table(std::size_t text) {
    const auto table = tables_.back();
    tables_.pop_back();
    if (is_layout(table, text))
      page_.layouts.insert(table.node);
  }

  static bool is_layout(const open_table& table, std::size_t text) {
    const auto role = attribute(table.node->v.element, "role");
    if (role == "presentation" || role == "none" || table.wide_rows == 0)
      return true;
    if (table.head || role == "table" || role == "grid")
      return false;
    if (table.table)
      return true;
    // A grid of short cells is data whatever is in them.
    constexpr std::size_t short_cell = 100;
    const bool grid = table.wide_rows > 1 && text < table.cells * short_cell;
    return (table.heading || table.code) && !grid;
  }

  std::size_t max_depth_;
  page_survey page_;
  std::vector<open_element> open_;
  std::vector<open_table> tables_;
  std::vector<hidden_part> hidden_;
  std::vector<hidden_part> hidden_parts_;
  std::vector<const GumboNode*> without_scripts_;
  std::size_t footers_ = 0;
  std::size_t hidden_text_ = 0;
  std::size_t text_ = 0;
};

}  // namespace

page_survey look_over(const GumboNode& document, std::size_t max_depth) {
  return surveyor{max_depth}.take(document);
}

}  // namespace millrace::ingest::html_tree
