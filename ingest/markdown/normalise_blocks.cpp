#include "ingest/markdown/normalise_blocks.hpp"

#include "base/unicode/printable.hpp"
#include "ingest/markdown/lines.hpp"
#include "ingest/markdown/normalise_inline.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

/// Calls `use` with each line, without its end.
template <class Use>
void each_line(std::string_view text, Use use) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    use(text.substr(at, end - at));
    at = end + 1;
  }
}

link_labels find_labels(std::string_view text) {
  link_labels found;
  if (text.find("]:") == std::string_view::npos)
    return found;
  each_line(text, [&](std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t>"), line.size()));
    if (const auto label = definition_of(line); !label.empty())
      found.insert(label_key(label));
  });
  return found;
}

bool is_blank_line(std::string_view line) { return indentation_of(line).bytes == line.size(); }

class block_pass {
 public:
  explicit block_pass(std::string_view text) : labels_(find_labels(text)) {
    out_.reserve(text.size() + 1);
  }

  void line(std::string_view raw) {
    if (fence_ && in_fence(raw))
      return;
    auto rest = raw;
    const auto quotes = take_quotes(rest);
    if (quotes != quotes_) {
      end_paragraph();
      quotes_ = quotes;
      items_.clear();
      may_begin_code_ = true;
      in_code_ = false;
    }
    if (is_blank_line(rest)) {
      end_paragraph();
      write_blank();
      may_begin_code_ = true;
      return;
    }
    if (is_indented_code(rest))
      return write_indented_code(rest);
    in_code_ = false;
    text(rest);
  }

  std::string take() {
    end_paragraph();
    return std::move(out_);
  }

 private:
  /// An item that is open: in which column its text stands, here and in what is written.
  struct item {
    std::size_t in = 0;
    std::size_t out = 0;
  };
  struct fence {
    fence_mark mark;
    /// Columns: of the fence and of the item that it is in, here; of the fence in what is written.
    std::size_t in = 0;
    std::size_t item = 0;
    std::size_t out = 0;
  };

  /// Takes the `>`s off the start of a line, and counts them. Those inside of an item, or of
  /// indented code, are part of it.
  std::size_t take_quotes(std::string_view& line) const {
    if (quotes_ == 0) {
      const auto indent = indentation_of(line).columns;
      if ((!items_.empty() && indent >= items_.front().in) || is_indented_code(line))
        return 0;
    }
    std::size_t count = 0;
    for (;;) {
      const auto indent = indentation_of(line);
      if (indent.bytes == line.size() || line[indent.bytes] != '>' ||
          (count > 0 && indent.columns > 3))
        return count;
      line.remove_prefix(indent.bytes + 1);
      line.remove_prefix(blank_at(line, 0));
      ++count;
    }
  }

  /// The innermost item that text in this column belongs to; null for none.
  const item* item_at(std::size_t column) const {
    const auto at =
        std::find_if(items_.rbegin(), items_.rend(), [&](const item& i) { return i.in <= column; });
    return at == items_.rend() ? nullptr : &*at;
  }

  void leave_items_right_of(std::size_t column) {
    while (!items_.empty() && column < items_.back().in)
      items_.pop_back();
  }

  std::size_t item_in() const { return items_.empty() ? 0 : items_.back().in; }
  std::size_t item_out() const { return items_.empty() ? 0 : items_.back().out; }

  bool is_indented_code(std::string_view line) const {
    if ((!may_begin_code_ && !in_code_) || !paragraph_.empty())
      return false;
    const auto column = indentation_of(line).columns;
    if (column < 4)
      return false;
    const auto* inside = item_at(column);
    return column >= (inside == nullptr ? 0 : inside->in) + 4;
  }

  void write_indented_code(std::string_view line) {
    const auto indent = indentation_of(line);
    leave_items_right_of(indent.columns);
    write(item_out() + indent.columns - item_in(), line.substr(indent.bytes));
    in_code_ = true;
    may_begin_code_ = false;
  }

  void text(std::string_view line) {
    const auto indent = indentation_of(line);
    const auto words = line.substr(indent.bytes);
    const auto marker = marker_of(words);
    auto content = words;
    if (marker) {
      content.remove_prefix(marker->bytes);
      content.remove_prefix(indentation_of(content).bytes);
    }
    if (const auto mark = fence_of(content)) {
      end_paragraph();
      write_text(line);
      fence_ = fence{*mark, marker ? item_in() : indent.columns, item_in(), item_out()};
      return;
    }
    if (paragraph_.empty() && !definition_of(words).empty())
      return;
    const bool heading = heading_of(words) > 0;
    if (marker || heading || words.starts_with('|'))
      end_paragraph();
    paragraph_ += line;
    paragraph_ += '\n';
    if (heading)
      end_paragraph();
    may_begin_code_ = heading;
  }

  void end_paragraph() {
    if (paragraph_.empty())
      return;
    const auto lines = normalise_inline(std::exchange(paragraph_, {}), labels_);
    each_line(lines, [this](std::string_view line) { write_text(line); });
  }

  /// Writes a line of text where it belongs.
  void write_text(std::string_view line) {
    const auto indent = indentation_of(line);
    if (indent.bytes == line.size())
      return write_blank();
    leave_items_right_of(indent.columns);
    auto words = line.substr(indent.bytes);
    const auto column = item_out();
    if (const auto marker = marker_of(words)) {
      words.remove_prefix(marker->bytes);
      const auto gap = indentation_of(words, indent.columns + marker->columns);
      words.remove_prefix(gap.bytes);
      const bool deep = gap.columns == 0 || gap.columns > 4 || words.empty();
      items_.push_back({indent.columns + marker->columns + (deep ? 1 : gap.columns),
                        column + marker->text.size() + 1});
      line_ = marker->text;
      line_ += ' ';
      line_ += words;
      write(column, line_);
    } else if (const auto level = heading_of(words)) {
      line_.assign(level, '#');
      words.remove_prefix(level);
      line_ += ' ';
      line_ += words.substr(indentation_of(words).bytes);
      write(column, line_);
    } else {
      write(column, words);
    }
  }

  /// A line of the block of code that is open. False when the block ended before the line.
  bool in_fence(std::string_view line) {
    for (std::size_t i = 0; i < quotes_; ++i) {
      const auto spaces = std::min(line.find_first_not_of(' '), line.size());
      if (spaces > 3 || spaces == line.size() || line[spaces] != '>') {
        fence_.reset();
        return false;
      }
      line.remove_prefix(spaces + 1);
      if (line.starts_with(' '))
        line.remove_prefix(1);
    }
    if (without_trailing_blanks(line).empty()) {
      write_blank();
      return true;
    }
    std::size_t column = 0;
    std::size_t at = 0;
    const auto step = [&] { return line[at] == '\t' ? 4 - column % 4 : 1; };
    while (column < fence_->in && (line[at] == ' ' || line[at] == '\t')) {
      column += step();
      ++at;
    }
    if (column < fence_->item) {
      fence_.reset();
      return false;
    }
    const auto code = line.substr(at);
    const auto spaces = std::min(code.find_first_not_of(' '), code.size());
    if (spaces <= 3 && closes_fence(code.substr(spaces), fence_->mark)) {
      write(fence_->out, code.substr(spaces));
      fence_.reset();
      may_begin_code_ = true;
      return true;
    }
    const auto cut = column > fence_->in ? column - fence_->in : 0;
    write(fence_->out + cut, code);
    return true;
  }

  void write(std::size_t column, std::string_view words) {
    if (std::exchange(blank_, false) && !out_.empty())
      out_ += '\n';
    quoted_blank_ = false;
    for (std::size_t i = 0; i < quotes_; ++i)
      out_ += "> ";
    out_.append(column, ' ');
    out_ += words;
    out_.resize(without_trailing_blanks(out_).size());
    out_ += '\n';
  }

  /// At most one, and not before anything else.
  void write_blank() {
    if (quotes_ == 0) {
      blank_ = true;
    } else if (!quoted_blank_) {
      write(0, {});
      quoted_blank_ = true;
    }
  }

  link_labels labels_;
  std::string out_;
  std::string paragraph_;
  std::string line_;
  std::vector<item> items_;
  std::optional<fence> fence_;
  std::size_t quotes_ = 0;
  bool may_begin_code_ = true;
  bool in_code_ = false;
  bool blank_ = false;
  bool quoted_blank_ = false;
};

}  // namespace

std::string normalise_blocks(std::string_view text) {
  block_pass pass{text};
  each_line(text, [&](std::string_view line) { pass.line(line); });
  return pass.take();
}

}  // namespace millrace::ingest
