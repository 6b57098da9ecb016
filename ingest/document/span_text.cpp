#include "ingest/document/span_text.hpp"

#include "base/unicode/printable.hpp"

#include <algorithm>

namespace millrace::ingest {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/// Appends text with white space as one space, or as one line end where it has one.
class collapsing_text {
 public:
  explicit collapsing_text(line_ends breaks) : breaks_(breaks) {}

  void append(std::string_view raw) {
    const auto text = printable(raw);
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] == '\n') {
        line_end();
        ++at;
      } else if (const auto blank = blank_at(text, at)) {
        space();
        at += blank;
      } else {
        flush();
        auto end = at + 1;
        while (end < text.size() && text[end] != '\n' && blank_at(text, end) == 0)
          ++end;
        out_.append(text, at, end - at);
        at = end;
      }
    }
  }

  /// As it is, but on one line.
  void append_whole(std::string_view text) {
    flush();
    out_ += text;
  }

  void line_end() { waiting_ = breaks_ == line_ends::kept ? '\n' : ' '; }

  /// What stands directly before; 0 at the beginning and after white space.
  char before() const { return waiting_ != '\0' || out_.empty() ? '\0' : out_.back(); }

  std::string take() { return std::move(out_); }

 private:
  void space() {
    if (waiting_ == '\0')
      waiting_ = ' ';
  }

  void flush() {
    if (waiting_ != '\0' && !out_.empty())
      out_ += waiting_;
    waiting_ = '\0';
  }

  std::string out_;
  line_ends breaks_;
  char waiting_ = '\0';
};

std::string on_one_line(std::string_view raw) {
  collapsing_text line{line_ends::spaces};
  line.append(raw);
  return line.take();
}

bool is_ordinal(std::string_view raised) {
  return raised == "st" || raised == "nd" || raised == "rd" || raised == "th";
}

bool is_plain_raised(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_word_byte(c) || c == '-' || c == '+' || c == '*'; });
}

void append_script(collapsing_text& out, char sign, const std::string& text) {
  const char before = out.before();
  const bool on_word = is_word_byte(before) || before == ')' || before == ']';
  const bool lowered_number =
      sign == '_' && !is_digit(before) && std::all_of(text.begin(), text.end(), is_digit);
  if (text.empty() || !on_word || lowered_number ||
      (sign == '^' && is_digit(before) && is_ordinal(text)))
    return out.append_whole(text);
  out.append_whole(std::string(1, sign) + (is_plain_raised(text) ? text : "(" + text + ")"));
}

void append_code(collapsing_text& out, const std::string& text) {
  if (text.empty())
    return;
  const std::string fence(longest_run(text, '`') + 1, '`');
  const bool padded = text.front() == '`' || text.back() == '`';
  out.append_whole(fence + (padded ? " " : "") + text + (padded ? " " : "") + fence);
}

void append_span(collapsing_text& out, const tree::span& one) {
  switch (one.kind) {
    case tree::span_kind::text:
      return out.append(one.text);
    case tree::span_kind::code:
      return append_code(out, on_one_line(one.text));
    case tree::span_kind::superscript:
      return append_script(out, '^', on_one_line(one.text));
    case tree::span_kind::subscript:
      return append_script(out, '_', on_one_line(one.text));
    case tree::span_kind::formula: {
      const auto source = on_one_line(one.text);
      return out.append_whole(source.empty() ? "" : "$" + source + "$");
    }
    case tree::span_kind::image: {
      const auto alternative = on_one_line(one.text);
      return out.append_whole(alternative.empty() ? "" : "![" + alternative + "]");
    }
    case tree::span_kind::line_break:
      return out.line_end();
  }
}

}  // namespace

std::string span_text(const tree::spans& words, line_ends breaks) {
  collapsing_text out{breaks};
  for (const auto& one : words)
    if (!one.text.empty() || one.kind == tree::span_kind::line_break)
      append_span(out, one);
  return out.take();
}

std::string verbatim_text(std::string_view raw) {
  const auto text = printable(raw);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = std::string_view{text}.substr(at, end - at);
    line = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (!line.empty() || !out.empty()) {
      out += line;
      out += '\n';
    }
    at = end + 1;
  }
  out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace millrace::ingest
