#include "ingest/readers/tree_builder.hpp"

#include "base/unicode/printable.hpp"

#include <algorithm>
#include <utility>

namespace millrace::ingest {
namespace {

// A wider table is a mistake of its source.
constexpr std::int64_t max_columns = 1000;

bool is_white_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto blank = text[at] == '\n' || text[at] == '\r' || text[at] == '\f' || text[at] == '\v'
                           ? std::size_t{1}
                           : blank_at(text, at);
    if (blank == 0)
      return false;
    at += blank;
  }
  return true;
}

}  // namespace

bool has_text(const tree::spans& words) {
  return std::any_of(words.begin(), words.end(), [](const tree::span& one) {
    return one.kind != tree::span_kind::line_break && !is_white_text(one.text);
  });
}

tree_builder::tree_builder() : frames_(1) {}

void tree_builder::text(std::string_view words, tree::span_kind kind) {
  if (words.empty())
    return;
  if (in_table_ && !in_cell_) {
    // Before the rows stands the caption; nothing stands between them.
    if (table_.rows.empty())
      table_.caption.push_back({kind, std::string{words}});
    return;
  }
  if (!words_.empty() && words_.back().kind == kind && kind == tree::span_kind::text)
    words_.back().text += words;
  else
    words_.push_back({kind, std::string{words}});
}

void tree_builder::line_break() { words_.push_back({tree::span_kind::line_break, {}}); }

void tree_builder::block_boundary() {
  if (is_flat())
    text(" ");
  else
    end_paragraph();
}

void tree_builder::end_paragraph() {
  auto words = std::exchange(words_, {});
  if (has_text(words))
    append({tree::paragraph{std::move(words)}, {}});
}

void tree_builder::append(tree::block made) { frames_.back().content.push_back(std::move(made)); }

void tree_builder::add(tree::block made) {
  block_boundary();
  if (!is_flat())
    append(std::move(made));
}

void tree_builder::begin_heading(int level) {
  block_boundary();
  if (!is_flat())
    heading_ = level;
}

void tree_builder::end_heading() {
  if (heading_ == 0)
    return;
  auto words = std::exchange(words_, {});
  const auto level = std::exchange(heading_, 0);
  if (has_text(words))
    append({tree::heading{level, std::move(words)}, {}});
}

void tree_builder::open(frame_kind kind) {
  block_boundary();
  if (is_flat())
    return;
  const bool too_deep = frames_.size() >= tree::max_block_depth;
  frames_.emplace_back().kind = too_deep ? frame_kind::joined : kind;
}

void tree_builder::close(frame_kind kind) {
  block_boundary();
  if (is_flat() || frames_.size() == 1)
    return;
  const auto top = frames_.back().kind;
  if (top == kind || top == frame_kind::joined)
    close_frame();
}

void tree_builder::close_frame() {
  auto done = std::move(frames_.back());
  frames_.pop_back();
  switch (done.kind) {
    case frame_kind::list:
      if (!done.content.empty())
        done.list.items.push_back({{}, {}, std::move(done.content)});
      if (!done.list.items.empty())
        append({std::move(done.list), {}});
      break;
    case frame_kind::item: {
      auto& around = frames_.back();
      if (done.content.empty())
        break;
      tree::list_item made{done.number, done.checked, std::move(done.content)};
      if (around.kind == frame_kind::list) {
        around.list.items.push_back(std::move(made));
      } else {
        tree::list one;
        one.items.push_back(std::move(made));
        append({std::move(one), {}});
      }
      break;
    }
    case frame_kind::quote:
      if (!done.content.empty())
        append({tree::quote{std::move(done.content)}, {}});
      break;
    case frame_kind::footnote:
      if (!done.content.empty())
        append({tree::footnote{std::move(done.label), std::move(done.content)}, {}});
      break;
    default:
      for (auto& one : done.content)
        append(std::move(one));
  }
}

void tree_builder::begin_list(std::optional<std::int64_t> first_number) {
  open(frame_kind::list);
  if (!is_flat())
    frames_.back().number = first_number;
}

void tree_builder::end_list() { close(frame_kind::list); }

void tree_builder::begin_item() {
  block_boundary();
  if (is_flat())
    return;
  std::optional<std::int64_t> number;
  if (auto& around = frames_.back(); around.kind == frame_kind::list) {
    // What stands in a list outside of its items belongs to the one before.
    if (!around.content.empty() && !around.list.items.empty()) {
      auto& last = around.list.items.back().content;
      std::move(around.content.begin(), around.content.end(), std::back_inserter(last));
      around.content.clear();
    }
    number = around.number;
    if (around.number)
      ++*around.number;
  }
  open(frame_kind::item);
  frames_.back().number = number;
}

void tree_builder::check_item(bool checked) { frames_.back().checked = checked; }

void tree_builder::number_item(std::int64_t number) {
  frames_.back().number = number;
  if (frames_.size() > 1 && frames_[frames_.size() - 2].kind == frame_kind::list)
    frames_[frames_.size() - 2].number = number + 1;
}

void tree_builder::end_item() { close(frame_kind::item); }

void tree_builder::begin_quote() { open(frame_kind::quote); }
void tree_builder::end_quote() { close(frame_kind::quote); }

void tree_builder::begin_footnote(std::string label) {
  open(frame_kind::footnote);
  frames_.back().label = std::move(label);
}
void tree_builder::end_footnote() { close(frame_kind::footnote); }

void tree_builder::begin_table() {
  block_boundary();
  if (is_flat())
    return;
  in_table_ = true;
  table_ = {};
}

void tree_builder::begin_row(bool is_head) {
  if (!in_table_)
    return block_boundary();
  if (is_head && table_.head_rows == table_.rows.size())
    ++table_.head_rows;
  table_.rows.emplace_back();
}

void tree_builder::begin_cell() {
  if (!in_table_ || table_.rows.empty())
    return block_boundary();
  in_cell_ = true;
  words_.clear();
}

void tree_builder::end_cell(std::int64_t columns) {
  if (!in_cell_)
    return block_boundary();
  auto& row = table_.rows.back();
  row.push_back(std::exchange(words_, {}));
  const auto wide = std::clamp<std::int64_t>(columns, 1, max_columns);
  row.resize(row.size() + static_cast<std::size_t>(wide - 1));
  in_cell_ = false;
}

void tree_builder::end_table() {
  if (!std::exchange(in_table_, false))
    return block_boundary();
  in_cell_ = false;
  words_.clear();
  auto made = std::exchange(table_, {});
  std::size_t columns = 0;
  for (const auto& row : made.rows)
    columns = std::max(columns, row.size());
  std::erase_if(made.rows, [](const tree::table::row& row) {
    return std::none_of(row.begin(), row.end(), has_text);
  });
  if (made.rows.empty())
    return;
  if (made.rows.size() == 1 && columns == 1)
    return append({tree::paragraph{std::move(made.rows[0][0])}, {}});
  for (auto& row : made.rows)
    row.resize(columns);
  made.head_rows = std::clamp<std::size_t>(made.head_rows, 1, made.rows.size());
  append({std::move(made), {}});
}

tree::blocks tree_builder::take() {
  end_heading();
  if (in_table_)
    end_table();
  end_paragraph();
  while (frames_.size() > 1)
    close_frame();
  return std::exchange(frames_.back().content, {});
}

}  // namespace millrace::ingest
