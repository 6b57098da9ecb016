#include "base/unicode/ascii.hpp"
#include "ingest/formats/build.hpp"
#include "ingest/formats/office/word_styles.hpp"
#include "ingest/formats/rtf/rtf_reader.hpp"

namespace millrace::ingest::formats {

void rtf_reader::name_of_table(std::string_view text) {
  for (const char c : text)
    if (c != ';') {
      table_name_ += ascii_lower(c);
    } else {
      if (top().into == rtf_target::styles)
        styles_[table_id_] = table_name_;
      table_name_.clear();
      table_id_ = 0;
    }
}

void rtf_reader::end_paragraph() {
  if (top().into != rtf_target::body && top().into != rtf_target::note)
    return;
  auto words = std::move(words_);
  words_.clear();
  auto label = std::move(label_);
  label_.clear();
  if (format_.in_table && top().into == rtf_target::body) {
    cell_.insert(cell_.end(), words.begin(), words.end());
    if (!is_blank(cell_))
      cell_.push_back({tree::span_kind::line_break, {}});
    return;
  }
  if (top().into == rtf_target::note) {
    if (!is_blank(words))
      note_blocks_.push_back({tree::paragraph{std::move(words)}});
    return;
  }
  if (!table_.rows.empty()) {
    square(table_);
    if (!table_.rows.empty())
      made_.content.push_back({std::move(table_)});
    table_ = {};
  }
  if (is_blank(words))
    return;
  const auto style = styles_.find(format_.style);
  const int named = style == styles_.end() ? 0 : heading_in_name(style->second);
  const auto digits = label.find_first_of("0123456789");
  if (format_.outline >= 0 && format_.outline < 9)
    made_.content.push_back({tree::heading{heading_level(format_.outline + 1), std::move(words)}});
  else if (named > 0)
    made_.content.push_back({tree::heading{named, std::move(words)}});
  else if (!is_blank({{tree::span_kind::text, label}})) {
    tree::list_item item;
    if (digits != std::string::npos)
      item.number = number_of(std::string_view{label}.substr(digits), 1);
    item.content.push_back({tree::paragraph{std::move(words)}});
    add_item(made_.content, static_cast<int>(format_.level), std::move(item));
  } else if (style != styles_.end() &&
             (style->second == "preformatted text" || style->second == "source code"))
    add_code_line(made_.content, plain(words));
  else
    made_.content.push_back({tree::paragraph{std::move(words)}});
}

void rtf_reader::end_row() {
  if (top().into != rtf_target::body)
    return;
  for (std::size_t i = 0; i < row_.size(); ++i) {
    while (!row_[i].empty() && row_[i].back().kind == tree::span_kind::line_break)
      row_[i].pop_back();
    if (i < merged_.size() && merged_[i])
      row_[i].clear();
  }
  if (!row_.empty())
    table_.rows.push_back(std::move(row_));
  row_ = {};
  cell_ = {};
}

void rtf_reader::end_group() {
  flush_bytes();
  skip_ = 0;
  if (groups_.size() < 2)
    return;
  const auto into = top().into;
  if (into == rtf_target::note && groups_[groups_.size() - 2].into != rtf_target::note) {
    end_paragraph();
    foot_.push_back({tree::footnote{std::to_string(notes_), std::move(note_blocks_)}});
    note_blocks_ = {};
    words_ = std::move(body_words_);
    body_words_.clear();
  }
  groups_.pop_back();
}

}  // namespace millrace::ingest::formats
