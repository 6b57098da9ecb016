#include "ingest/markdown/normalise_inline.hpp"

#include "base/unicode/printable.hpp"
#include "ingest/markdown/lines.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr int max_parentheses = 32;
constexpr std::size_t max_open_brackets = 65536;
constexpr std::size_t max_backticks = 64;
/// Stands for a bracket that is gone, until the end; printable text has no NULs.
constexpr char removed = '\0';

constexpr auto special = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view{"\n \t`\\[]\xC2\xE2\xE3"})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

std::size_t skip_white(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\n", at), text.size());
}

/// Where the address of a link ends that begins at `at`; npos when none does.
std::size_t end_of_address(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '<') {
    const auto end = text.find_first_of("<>\n", at + 1);
    return end != npos && text[end] == '>' ? end + 1 : npos;
  }
  int open = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\n')
      break;
    if (c == '\\' && at + 1 < text.size() && is_punctuation(text[at + 1])) {
      ++at;
    } else if (c == '(') {
      if (++open > max_parentheses)
        return npos;
    } else if (c == ')' && --open < 0) {
      break;
    }
  }
  return open > 0 ? npos : at;
}

/// Where the title of a link ends that begins at `at`; npos when none does.
std::size_t end_of_title(std::string_view text, std::size_t at) {
  const char close = text[at] == '(' ? ')' : text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == close)
      return at + 1;
    else if (text[at] == '(' && close == ')')
      return npos;
  }
  return npos;
}

/// Where the `(address "title")` ends that begins at `at`; npos when no such text begins there.
std::size_t end_of_target(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '(')
    return npos;
  at = skip_white(text, at + 1);
  at = end_of_address(text, at);
  if (at == npos)
    return npos;
  const auto title = skip_white(text, at);
  if (title > at && title < text.size() &&
      (text[title] == '"' || text[title] == '\'' || text[title] == '(')) {
    at = end_of_title(text, title);
    if (at == npos)
      return npos;
  }
  at = skip_white(text, at);
  return at < text.size() && text[at] == ')' ? at + 1 : npos;
}

/// For each row of backticks, where the next row of the same length begins.
class backtick_rows {
 public:
  explicit backtick_rows(std::string_view text) {
    for (auto at = text.find('`'); at != npos; at = text.find('`', at)) {
      const auto end = std::min(text.find_first_not_of('`', at), text.size());
      rows_.push_back({at, end - at, npos});
      at = end;
    }
    std::array<std::size_t, max_backticks> next;
    next.fill(npos);
    for (auto i = rows_.size(); i-- > 0;)
      if (auto& last = rows_[i]; last.length < max_backticks)
        last.partner = std::exchange(next[last.length], last.begin);
  }

  struct row {
    std::size_t begin = 0;
    std::size_t length = 0;
    std::size_t partner = npos;
  };

  /// The row that covers `at`. Asked for in rising order.
  const row& covering(std::size_t at) {
    while (rows_[current_].begin + rows_[current_].length <= at)
      ++current_;
    return rows_[current_];
  }

 private:
  std::vector<row> rows_;
  std::size_t current_ = 0;
};

class scanner {
 public:
  scanner(std::string_view text, const link_labels& defined)
      : text_(text), defined_(defined), rows_(text) {
    out_.reserve(text.size() + 1);
  }

  std::string run() {
    begin_line();
    while (at_ < text_.size()) {
      auto end = at_;
      while (end < text_.size() && !special[static_cast<unsigned char>(text_[end])])
        ++end;
      out_.append(text_, at_, end - at_);
      at_ = end;
      if (at_ < text_.size())
        step();
    }
    if (any_removed_)
      std::erase(out_, removed);
    return std::move(out_);
  }

 private:
  struct bracket {
    std::uint32_t in = 0;
    std::uint32_t out = 0;
  };

  void step() {
    switch (text_[at_]) {
      case '\n':
        end_line();
        begin_line();
        break;
      case '`':
        code();
        break;
      case '\\':
        out_ += text_[at_++];
        if (at_ < text_.size() && is_punctuation(text_[at_]))
          out_ += text_[at_++];
        break;
      case '[':
        if (open_.size() == max_open_brackets)
          open_.erase(open_.begin(), open_.begin() + max_open_brackets / 2);
        open_.push_back({static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(out_.size())});
        last_bracket_ = at_;
        out_ += text_[at_++];
        break;
      case ']':
        close_bracket();
        break;
      default:
        blank();
        break;
    }
  }

  /// White space at the start of a line says where it belongs, and so does that after a marker.
  void begin_line() {
    const auto line = text_.substr(at_, text_.find('\n', at_) - at_);
    auto keep = indentation_of(line).bytes;
    if (const auto marker = marker_of(line.substr(keep))) {
      keep += marker->bytes;
      keep += indentation_of(line.substr(keep)).bytes;
    }
    out_.append(line, 0, keep);
    at_ += keep;
  }

  void end_line() {
    while (!out_.empty() && (out_.back() == ' ' || out_.back() == '\t'))
      out_.pop_back();
    out_ += '\n';
    ++at_;
  }

  void code() {
    const auto& ticks = rows_.covering(at_);
    const bool opens = ticks.begin == at_ && ticks.partner != npos;
    const auto end = (opens ? ticks.partner : ticks.begin) + ticks.length;
    while (at_ < end) {
      const auto line_end = at_ + std::min(text_.substr(at_, end - at_).find('\n'), end - at_);
      out_.append(text_, at_, line_end - at_);
      at_ = line_end;
      if (at_ < end)
        end_line();
    }
  }

  void blank() {
    const auto size = blank_at(text_, at_);
    if (size == 0) {
      out_ += text_[at_++];
      return;
    }
    at_ += size;
    if (out_.empty() || out_.back() != ' ')
      out_ += ' ';
  }

  void close_bracket() {
    if (!open_.empty()) {
      const auto opened = open_.back();
      open_.pop_back();
      const auto end = end_of_link(opened);
      last_bracket_ = at_;
      if (end != npos) {
        unwrap(opened);
        at_ = end;
        return;
      }
    }
    last_bracket_ = at_;
    out_ += text_[at_++];
  }

  /// Where the link or image ends whose text ends here; npos when it is neither.
  std::size_t end_of_link(const bracket& opened) const {
    if (const auto end = end_of_target(text_, at_ + 1); end != npos)
      return end;
    if (defined_.empty() || last_bracket_ != opened.in || at_ - opened.in > max_label)
      return npos;
    const auto words = text_.substr(opened.in + 1, at_ - opened.in - 1);
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '[') {
      const auto end = text_.find_first_of("[]", at_ + 2);
      if (end == npos || text_[end] == '[' || end - at_ > max_label)
        return npos;
      const auto label = text_.substr(at_ + 2, end - at_ - 2);
      return is_defined(label.empty() ? words : label) ? end + 1 : npos;
    }
    return is_defined(words) ? at_ + 1 : npos;
  }

  bool is_defined(std::string_view label) const { return defined_.contains(label_key(label)); }

  void unwrap(const bracket& opened) {
    const bool image = opened.out > 0 && out_[opened.out - 1] == '!' && text_[opened.in - 1] == '!';
    if (!image) {
      out_[opened.out] = removed;
      any_removed_ = true;
      return;
    }
    if (out_.find_first_not_of(" \n", opened.out + 1) == npos)
      out_ += "img";
    out_ += ']';
  }

  std::string_view text_;
  const link_labels& defined_;
  backtick_rows rows_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<bracket> open_;
  std::size_t last_bracket_ = npos;
  bool any_removed_ = false;
};

}  // namespace

std::string label_key(std::string_view label) {
  std::string key;
  for (const char c : label) {
    if (c == ' ' || c == '\t' || c == '\n') {
      if (!key.empty() && key.back() != ' ')
        key += ' ';
    } else {
      key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  if (!key.empty() && key.back() == ' ')
    key.pop_back();
  return key;
}

std::string normalise_inline(std::string_view lines, const link_labels& defined) {
  return scanner{lines, defined}.run();
}

}  // namespace millrace::ingest
