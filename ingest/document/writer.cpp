#include "ingest/document/writer.hpp"

#include "ingest/document/span_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace millrace::ingest {
namespace {

using tree::source_place;

bool is_known(const source_place& place) {
  return place.first_page > 0 || place.end > 0 || !place.part.empty();
}

/// A quote, or an item, whose first line has a marker.
struct text_container {
  std::string first;
  std::string rest;
  bool begun = false;
};

class text_writer {
 public:
  void write(const tree::blocks& blocks, const source_place& around) {
    const tree::block* before = nullptr;
    for (const auto& one : blocks) {
      const bool is_list = std::holds_alternative<tree::list>(one.content);
      if (is_list && before != nullptr && in_item_ &&
          std::holds_alternative<tree::paragraph>(before->content))
        tight_ = true;
      const auto& place = is_known(one.from) ? one.from : around;
      std::visit([&](const auto& content) { write_one(content, place); }, one.content);
      before = &one;
    }
  }

  std::string text() { return std::move(out_); }
  ingest::outline outline() { return std::move(outline_); }

 private:
  void write_one(const tree::paragraph& p, const source_place& place) {
    std::string lines;
    if (p.keeps_blanks)
      for (const auto& one : p.words)
        lines += one.text;
    write_lines(p.keeps_blanks ? verbatim_text(lines) : span_text(p.words, line_ends::kept),
                outline_kind::paragraph, place);
  }

  void write_one(const tree::heading& h, const source_place& place) {
    const auto words = span_text(h.words, line_ends::spaces);
    if (words.empty())
      return;
    const auto level = std::clamp(h.level, 1, 6);
    write_lines(std::string(static_cast<std::size_t>(level), '#') + " " + words,
                outline_kind::heading, place);
    if (containers_.empty())
      outline_.back().level = static_cast<std::uint8_t>(level);
  }

  void write_one(const tree::list& l, const source_place& place) {
    const bool is_tight = std::all_of(l.items.begin(), l.items.end(), is_short_item);
    enter();
    bool first = true;
    for (const auto& item : l.items) {
      auto marker = item.number ? fmt::format("{}. ", *item.number) : std::string{"- "};
      const std::string rest(marker.size(), ' ');
      if (item.checked)
        marker += *item.checked ? "[x] " : "[ ] ";
      if (is_tight && !first)
        tight_ = true;
      const auto written = outline_.size();
      const bool outer = std::exchange(in_item_, true);
      write_in({std::move(marker), rest}, item.content, place);
      in_item_ = outer;
      first = first && outline_.size() == written;
    }
    leave();
  }

  static bool is_short_item(const tree::list_item& item) {
    const auto& content = item.content;
    const auto is_list = [](const tree::block& b) {
      return std::holds_alternative<tree::list>(b.content);
    };
    return content.empty() ||
           (std::holds_alternative<tree::paragraph>(content[0].content) &&
            std::all_of(content.begin() + 1, content.end(), is_list)) ||
           std::all_of(content.begin(), content.end(), is_list);
  }

  void write_one(const tree::table& t, const source_place& place) {
    std::vector<std::vector<std::string>> rows;
    std::size_t columns = 0;
    bool has_words = false;
    for (const auto& row : t.rows) {
      auto& cells = rows.emplace_back();
      for (const auto& cell : row)
        has_words = !cells.emplace_back(cell_text(cell)).empty() || has_words;
      columns = std::max(columns, cells.size());
    }
    write_lines(span_text(t.caption, line_ends::kept), outline_kind::paragraph, place);
    if (!has_words)
      return;
    std::string lines;
    std::size_t head_lines = 0;
    const auto head_rows = std::min(t.head_rows, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].resize(columns);
      lines += "|";
      for (const auto& cell : rows[i])
        lines += (cell.empty() ? " " : " " + cell + " ") + "|";
      lines += '\n';
      if (i + 1 == head_rows) {
        lines += "|";
        for (std::size_t column = 0; column < columns; ++column)
          lines += " --- |";
        lines += '\n';
        head_lines = head_rows + 1;
      }
    }
    lines.pop_back();
    write_lines(lines, outline_kind::table, place, head_lines);
  }

  static std::string cell_text(const tree::spans& words) {
    const auto text = span_text(words, line_ends::spaces);
    std::string out;
    for (const char c : text) {
      if (c == '|')
        out += '\\';
      out += c;
    }
    return out;
  }

  void write_one(const tree::code& c, const source_place& place) {
    const auto text = verbatim_text(c.text);
    if (text.empty())
      return;
    const std::string fence(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
    auto language = span_text({{tree::span_kind::text, c.language}}, line_ends::spaces);
    write_lines(fence + language + "\n" + text + "\n" + fence, outline_kind::code, place, 0,
                c.parts);
  }

  void write_one(const tree::preformatted& p, const source_place& place) {
    write_lines(verbatim_text(p.text), outline_kind::preformatted, place);
  }

  void write_one(const tree::quote& q, const source_place& place) {
    write_in({"> ", "> "}, q.content, place);
  }

  void write_one(const tree::definition& d, const source_place& place) {
    enter();
    for (const auto& term : d.terms) {
      const auto written = outline_.size();
      write_lines(span_text(term, line_ends::spaces), outline_kind::paragraph, place);
      tight_ = outline_.size() > written;
    }
    const bool outer = std::exchange(in_item_, true);
    write_in({": ", "  "}, d.content, place);
    in_item_ = outer;
    tight_ = false;
    leave();
  }

  void write_one(const tree::footnote& f, const source_place& place) {
    const auto label = span_text({{tree::span_kind::text, f.label}}, line_ends::spaces);
    write_in({fmt::format("[^{}]: ", label), "  "}, f.content, place);
  }

  void write_one(const tree::formula& f, const source_place& place) {
    const auto source = verbatim_text(f.source);
    if (source.empty())
      return;
    const bool one_line = source.find('\n') == source.npos;
    write_lines(one_line ? "$$ " + source + " $$" : "$$\n" + source + "\n$$", outline_kind::formula,
                place);
  }

  void write_one(const tree::image& i, const source_place& place) {
    write_lines(span_text({{tree::span_kind::image, i.alternative}}, line_ends::spaces),
                outline_kind::image, place);
  }

  void write_one(const tree::page_break&, const source_place&) {}

  void write_in(text_container inside, const tree::blocks& content, const source_place& place) {
    const bool has_signs = containers_.size() < tree::max_block_depth;
    enter();
    if (has_signs)
      containers_.push_back(std::move(inside));
    write(content, place);
    if (has_signs)
      containers_.pop_back();
    leave();
  }

  void enter() {
    next_depth_ = std::min(next_depth_, depth_);
    ++depth_;
  }

  void leave() { --depth_; }

  /// Lines of a block, with the signs of what it stands in; the first `head_lines` are its head.
  /// Each of the parts, which are counted from the second line on, is an entry of its own.
  void write_lines(std::string_view lines, outline_kind kind, const source_place& place,
                   std::size_t head_lines = 0, std::span<const tree::code_part> parts = {}) {
    if (lines.empty())
      return;
    separate();
    begin_entry(kind, place, std::min(next_depth_, depth_));
    next_depth_ = std::numeric_limits<int>::max();
    std::size_t count = 0;
    for (std::size_t at = 0; at <= lines.size();) {
      if (!parts.empty() && count == parts.front().line + 1) {
        end_entry();
        begin_entry(kind, place, depth_ + parts.front().depth);
        parts = parts.subspan(1);
      }
      const auto end = std::min(lines.find('\n', at), lines.size());
      write_line(lines.substr(at, end - at));
      at = end + 1;
      if (++count == head_lines)
        outline_.back().head_end = static_cast<std::uint32_t>(out_.size());
    }
    end_entry();
  }

  void begin_entry(outline_kind kind, const source_place& place, int depth) {
    auto& entry = outline_.emplace_back();
    entry.kind = kind;
    constexpr int deepest = std::numeric_limits<std::uint8_t>::max();
    entry.depth = static_cast<std::uint8_t>(std::min(depth, deepest));
    entry.begin = entry.head_end = static_cast<std::uint32_t>(out_.size());
    entry.from = place;
  }

  void end_entry() { outline_.back().end = static_cast<std::uint32_t>(out_.size()); }

  void write_line(std::string_view line) {
    for (auto& one : containers_) {
      out_ += one.begun ? one.rest : one.first;
      one.begun = true;
    }
    out_ += line;
    end_line();
  }

  void separate() {
    if (!std::exchange(tight_, false) && !out_.empty()) {
      for (const auto& one : containers_)
        if (one.begun)
          out_ += one.rest;
      end_line();
    }
  }

  void end_line() {
    while (!out_.empty() && out_.back() == ' ')
      out_.pop_back();
    out_ += '\n';
  }

  std::string out_;
  ingest::outline outline_;
  std::vector<text_container> containers_;
  int depth_ = 0;
  /// Of the outermost container that begins with the next block.
  int next_depth_ = std::numeric_limits<int>::max();
  bool in_item_ = false;
  bool tight_ = false;
};

}  // namespace

rendered render(tree::document&& document) {
  text_writer writer;
  writer.write(document.content, {});
  return {writer.text(), writer.outline(), std::move(document.about), std::move(document.warnings)};
}

}  // namespace millrace::ingest
