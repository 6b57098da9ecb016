#include "ingest/markdown/writer.hpp"

#include "base/unicode/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr int max_columns_of_cell = 20;

bool is_html_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// As many backticks as code with these needs around it, and no fewer than `least`.
std::string fence_for(std::string_view code, std::size_t least) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : code) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  std::string fence(std::max(least, longest + 1), '`');
  return fence;
}

/// Where a backslash must stand so that the text of a line is not read as the beginning of a
/// heading, a list, a quote, a fence, a rule or a link's definition; npos for nowhere.
std::size_t needs_escape(std::string_view line) {
  if (line.empty())
    return std::string_view::npos;
  const auto ends_word = [&](std::size_t at) { return at >= line.size() || line[at] == ' '; };
  switch (line[0]) {
    case '#': {
      const auto end = std::min(line.find_first_not_of('#'), line.size());
      return end <= 6 && ends_word(end) ? 0 : std::string_view::npos;
    }
    case '>':
      return 0;
    case '-':
    case '+':
    case '*':
    case '=':
    case '_':
      return ends_word(1) || line.find_first_not_of(line[0]) == std::string_view::npos
                 ? 0
                 : std::string_view::npos;
    case '`':
    case '~':
      return line.starts_with("```") || line.starts_with("~~~") ? 0 : std::string_view::npos;
    case '[':
      return line.find("]:") != std::string_view::npos ? 0 : std::string_view::npos;
    default:
      break;
  }
  std::size_t digits = 0;
  while (digits < line.size() && is_digit(line[digits]))
    ++digits;
  const bool is_item = digits > 0 && digits < 10 && digits < line.size() &&
                       (line[digits] == '.' || line[digits] == ')') && ends_word(digits + 1);
  return is_item ? digits : std::string_view::npos;
}

std::string_view trimmed_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace

void markdown_writer::text(std::string_view words) {
  if (in_code_block_)
    code_block_.append(words);
  else
    append_collapsed(words);
}

void markdown_writer::append_collapsed(std::string_view words) {
  for (std::size_t at = 0; at < words.size();) {
    if (is_html_space(words[at])) {
      space();
      ++at;
      continue;
    }
    const auto end =
        std::find_if(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(), is_html_space);
    const auto size = static_cast<std::size_t>(end - words.begin()) - at;
    line_.append(words, at, size);
    at += size;
  }
}

void markdown_writer::space() {
  if (line_.empty() || line_.back() == ' ' || line_.back() == '\n')
    return;
  // Code does not begin with a space: that stands before it.
  if (line_.size() == code_begin_)
    ++code_begin_;
  line_ += ' ';
}

void markdown_writer::line_break() {
  if (in_code_block_)
    code_block_ += '\n';
  else if (flat() || code_begin_ != std::string::npos)
    space();
  else if (!line_.empty() && line_.back() != '\n')
    line_ += '\n';
}

void markdown_writer::block_boundary() {
  if (in_code_block_) {
    if (!code_block_.empty() && code_block_.back() != '\n')
      code_block_ += '\n';
  } else if (flat()) {
    space();
  } else if (const auto words = take_line(); !words.empty()) {
    write_paragraph(words);
  }
}

std::string markdown_writer::take_line() {
  code_begin_ = std::string::npos;
  while (!line_.empty() && is_html_space(line_.back()))
    line_.pop_back();
  return std::exchange(line_, {});
}

void markdown_writer::begin_heading(int level) {
  block_boundary();
  if (!in_cell_ && !in_code_block_)
    heading_ = level;
}

void markdown_writer::end_heading() {
  if (heading_ == 0 || in_code_block_)
    return;
  const auto level = static_cast<std::size_t>(std::exchange(heading_, 0));
  const auto words = take_line();
  if (words.empty())
    return;
  start_block();
  write_line(std::string(level, '#') + ' ' + words);
}

void markdown_writer::begin_list(bool ordered, int first_number) {
  block_boundary();
  // A list in an item stands close to the item's text.
  if (!flat() && !lists_.empty() && !containers_.empty() && containers_.back().begun)
    tight_ = true;
  lists_.push_back({ordered, first_number});
}

void markdown_writer::end_list() {
  block_boundary();
  if (!lists_.empty())
    lists_.pop_back();
  tight_ = false;
}

void markdown_writer::begin_item() {
  block_boundary();
  std::string marker = "- ";
  if (!lists_.empty()) {
    auto& in = lists_.back();
    if (in.ordered)
      marker = fmt::format("{}. ", in.next++);
    // And the items of a list to each other.
    if (std::exchange(in.has_items, true) && !flat())
      tight_ = true;
  }
  auto rest = std::string(marker.size(), ' ');
  open({std::move(marker), std::move(rest)});
}

void markdown_writer::end_item() {
  block_boundary();
  close();
}

void markdown_writer::begin_quote() {
  block_boundary();
  open({"> ", "> ", true});
}

void markdown_writer::end_quote() {
  block_boundary();
  close();
}

void markdown_writer::open(container inside) { containers_.push_back(std::move(inside)); }

void markdown_writer::close() {
  if (!containers_.empty())
    containers_.pop_back();
  common_containers_ = std::min(common_containers_, containers_.size());
}

void markdown_writer::begin_code() {
  if (!in_code_block_ && code_begin_ == std::string::npos)
    code_begin_ = line_.size();
}

void markdown_writer::end_code() {
  if (in_code_block_ || code_begin_ == std::string::npos)
    return;
  const auto begin = std::exchange(code_begin_, std::string::npos);
  const bool spaced = line_.size() > begin && line_.back() == ' ';
  const std::string code{trimmed_end(std::string_view{line_}.substr(begin))};
  line_.resize(begin);
  if (!code.empty()) {
    const auto fence = fence_for(code, 1);
    const auto gap = code.front() == '`' || code.back() == '`' ? " " : "";
    line_ += fence + gap + code + gap + fence;
  }
  if (spaced)
    space();
}

void markdown_writer::begin_code_block(std::string language) {
  block_boundary();
  if (flat()) {
    begin_code();
    return;
  }
  in_code_block_ = true;
  language_ = std::move(language);
}

void markdown_writer::end_code_block() {
  if (!in_code_block_) {
    end_code();
    space();
    return;
  }
  in_code_block_ = false;
  auto code = std::exchange(code_block_, {});
  while (!code.empty() && is_html_space(code.back()))
    code.pop_back();
  if (code.empty())
    return;
  start_block();
  const auto fence = fence_for(code, 3);
  write_line(fence + language_);
  for (std::size_t at = 0; at <= code.size();) {
    const auto end = std::min(code.find('\n', at), code.size());
    write_line(std::string_view{code}.substr(at, end - at));
    at = end + 1;
  }
  write_line(fence);
}

void markdown_writer::image(std::string_view alt) {
  if (in_code_block_ || alt.find_first_not_of(" \t\r\n\f") == std::string_view::npos)
    return;
  line_ += "![";
  append_collapsed(alt);
  line_ += ']';
}

void markdown_writer::begin_table() {
  block_boundary();
  in_table_ = !flat() && !in_code_block_;
}

void markdown_writer::begin_row() {
  block_boundary();
  if (in_table_)
    rows_.emplace_back();
}

void markdown_writer::begin_cell() {
  block_boundary();
  if (!in_table_)
    return;
  if (rows_.empty())
    rows_.emplace_back();
  in_cell_ = true;
}

void markdown_writer::end_cell(int columns) {
  if (!in_cell_) {
    block_boundary();
    return;
  }
  in_cell_ = false;
  auto& row = rows_.back();
  row.push_back(take_line());
  row.resize(row.size() + static_cast<std::size_t>(std::clamp(columns, 1, max_columns_of_cell)) -
             1);
}

void markdown_writer::end_table() {
  block_boundary();
  if (std::exchange(in_table_, false))
    write_table();
  rows_.clear();
}

void markdown_writer::write_table() {
  std::erase_if(rows_, [](const auto& row) {
    return std::all_of(row.begin(), row.end(), [](const auto& cell) { return cell.empty(); });
  });
  if (rows_.empty())
    return;
  const auto columns =
      std::max_element(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) {
        return a.size() < b.size();
      })->size();
  if (columns == 1) {
    for (const auto& row : rows_)
      write_paragraph(row[0]);
    return;
  }
  start_block();
  // Only the first row has to be as wide as the widest.
  rows_[0].resize(columns);
  bool first = true;
  for (const auto& row : rows_) {
    std::string line(1, '|');
    for (const auto& cell : row) {
      line += ' ';
      for (const char c : cell) {
        if (c == '|')
          line += '\\';
        line += c;
      }
      line += cell.empty() ? "|" : " |";
    }
    write_line(line);
    if (std::exchange(first, false)) {
      line.assign(1, '|');
      for (std::size_t i = 0; i < columns; ++i)
        line += " --- |";
      write_line(line);
    }
  }
}

std::string markdown_writer::prefix() {
  std::string all;
  for (auto& c : containers_)
    all += std::exchange(c.begun, true) ? c.rest : c.first;
  return all;
}

void markdown_writer::start_block() {
  if (!out_.empty() && !tight_) {
    std::string line;
    for (std::size_t i = 0; i < common_containers_; ++i)
      line += containers_[i].rest;
    out_ += trimmed_end(line);
    out_ += '\n';
  }
  tight_ = false;
  common_containers_ = containers_.size();
}

void markdown_writer::write_line(std::string_view line) {
  const auto begin = out_.size();
  out_ += prefix();
  out_ += line;
  while (out_.size() > begin && out_.back() == ' ')
    out_.pop_back();
  out_ += '\n';
}

void markdown_writer::write_paragraph(const std::string& words) {
  start_block();
  for (std::size_t at = 0; at <= words.size();) {
    const auto end = std::min(words.find('\n', at), words.size());
    std::string line{trimmed_end(std::string_view{words}.substr(at, end - at))};
    if (const auto escape = needs_escape(line); escape != std::string::npos)
      line.insert(escape, 1, '\\');
    write_line(line);
    at = end + 1;
  }
}

std::string markdown_writer::take() {
  end_code_block();
  end_heading();
  end_table();
  block_boundary();
  return std::exchange(out_, {});
}

}  // namespace millrace::ingest
