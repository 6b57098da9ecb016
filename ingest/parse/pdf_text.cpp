#include "ingest/parse/pdf_text.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

using lines = std::vector<std::string_view>;

constexpr std::string_view soft_hyphen = "\xC2\xAD";

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }
bool is_word_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_word_letter(c) || is_digit(c) || c == '-'; }

/// Typographic ligatures as the letters that they stand for.
std::string without_ligatures(std::string_view text) {
  // U+FB00 to U+FB06: EF AC 80 to EF AC 86.
  constexpr std::array<std::string_view, 7> letters{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  for (std::size_t next = 0; (next = text.find("\xEF\xAC", at)) != std::string_view::npos;) {
    out.append(text, at, next - at);
    const auto which = next + 2 < text.size()
                           ? static_cast<std::size_t>(static_cast<unsigned char>(text[next + 2]))
                           : 0;
    const bool known = which >= 0x80 && which < 0x80 + letters.size();
    out.append(known ? letters[which - 0x80] : text.substr(next, 2));
    at = next + (known ? 3 : 2);
  }
  out.append(text, at);
  return out;
}

lines split(std::string_view text, char at) {
  lines parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
}

/// The bullet that the line begins with, with the space after it; empty when there is none.
std::string_view bullet_of(std::string_view line) {
  for (const std::string_view bullet :
       {"\xE2\x80\xA2", "\xE2\x97\xA6", "\xE2\x96\xAA", "\xE2\x80\xA3", "\xE2\x97\x8F", "-", "*"}) {
    if (line == bullet)
      return line;
    if (line.starts_with(bullet) && line.size() > bullet.size() && line[bullet.size()] == ' ')
      return line.substr(0, bullet.size() + 1);
  }
  return {};
}

/// Nothing but a bullet.
bool is_bullet(std::string_view line) { return !line.empty() && bullet_of(line) == line; }

/// A bullet, "12." or "(a)".
bool begins_item(std::string_view line) {
  if (!bullet_of(line).empty())
    return true;
  const bool parenthesis = line.starts_with('(');
  const std::size_t begin = parenthesis ? 1 : 0;
  auto end = begin;
  while (end < line.size() && end < begin + 3 && is_digit(line[end]))
    ++end;
  if (end == begin && parenthesis && end < line.size() && is_word_letter(line[end]))
    ++end;
  return end > begin && end + 1 < line.size() && line[end + 1] == ' ' &&
         (parenthesis ? line[end] == ')' : line[end] == '.' || line[end] == ')');
}

bool ends_line_sentence(std::string_view line) {
  const auto last = line.find_last_not_of("\"')]");
  return last != std::string_view::npos &&
         std::string_view{".!?:"}.find(line[last]) != std::string_view::npos;
}

/// Words with a hyphen inside that stand within a line: those keep it at the end of one, too.
std::unordered_set<std::string_view> find_compounds(std::string_view text) {
  std::unordered_set<std::string_view> found;
  for (auto at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    auto begin = at;
    while (begin > 0 && is_word(text[begin - 1]))
      --begin;
    while (at < text.size() && is_word(text[at]))
      ++at;
    const auto word = text.substr(begin, at - begin);
    if (word.front() != '-' && word.back() != '-')
      found.insert(word);
    if (at == text.size())
      break;
  }
  return found;
}

/// Makes running text of pages.
class reflow {
 public:
  explicit reflow(std::string_view text) : compounds_(find_compounds(text)) {
    out_.reserve(text.size());
  }

  void page(std::string_view text) {
    auto all = split(text, '\n');
    std::transform(all.begin(), all.end(), all.begin(), trimmed);
    usual_width_ = usual_width(all);
    lines block;
    for (const auto line : all) {
      if (!line.empty()) {
        block.push_back(line);
      } else if (!block.empty()) {
        paragraphs(block);
        block.clear();
      }
    }
    if (!block.empty())
      paragraphs(block);
  }

  std::string take() { return std::move(out_); }

 private:
  /// Three quarters of the page's lines are not longer: the width of its columns.
  static std::size_t usual_width(const lines& all) {
    std::vector<std::size_t> widths;
    for (const auto line : all)
      if (!line.empty())
        widths.push_back(line.size());
    if (widths.empty())
      return 0;
    const auto at = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() * 3 / 4);
    std::nth_element(widths.begin(), at, widths.end());
    return *at;
  }

  /// Lines without a blank one between.
  void paragraphs(lines block) {
    // A bullet that stands apart from its text belongs to what follows.
    const bool has_bullet = std::exchange(bullet_apart_, is_bullet(block.back()));
    if (bullet_apart_)
      block.pop_back();
    if (block.empty())
      return;
    std::size_t width = usual_width_;
    for (const auto line : block)
      width = std::max(width, line.size());
    if (!out_.empty())
      out_ += '\n';
    if (has_bullet)
      out_ += "- ";
    for (std::size_t i = 0; i < block.size(); ++i) {
      auto line = block[i];
      if ((i == 0 && !has_bullet) || out_.back() == '\n') {
        if (const auto bullet = bullet_of(line); !bullet.empty()) {
          out_ += "- ";
          line.remove_prefix(bullet.size());
        }
      }
      out_ += line;
      if (i + 1 < block.size())
        join(block[i], block[i + 1], width);
    }
    out_ += '\n';
  }

  /// Ends `line` in the way that goes with what follows.
  void join(std::string_view line, std::string_view next, std::size_t width) {
    if (is_bullet(line))
      return;
    if (begins_item(next)) {
      out_ += '\n';
    } else if (line.ends_with(soft_hyphen)) {
      out_.resize(out_.size() - soft_hyphen.size());
    } else if (line.size() > 1 && line.back() == '-' && is_word(line[line.size() - 2]) &&
               is_word(next.front())) {
      if (!keeps_hyphen(line, next))
        out_.pop_back();
    } else if (!ends_early(line, next, width)) {
      out_ += ' ';
    } else {
      out_ += ends_line_sentence(line) ? "\n\n" : "\n";
    }
  }

  bool keeps_hyphen(std::string_view line, std::string_view next) const {
    if (!is_lower(next.front()))
      return true;
    auto begin = line.size();
    while (begin > 0 && is_word(line[begin - 1]))
      --begin;
    auto end = std::size_t{0};
    while (end < next.size() && is_word(next[end]))
      ++end;
    const auto head = line.substr(begin);
    if (head.find('-') + 1 < head.size() || is_digit(head[head.size() - 2]))
      return true;
    const auto whole = std::string{head} + std::string{next.substr(0, end)};
    return compounds_.contains(whole);
  }

  /// Whether the line was ended on purpose: the next word would have had room.
  static bool ends_early(std::string_view line, std::string_view next, std::size_t width) {
    const auto word = std::min(next.find(' '), next.size());
    const auto would_be = line.size() + 1 + word;
    if (would_be * 20 > width * 17)
      return false;
    const bool far = would_be * 10 < width * 6;
    return far || ends_line_sentence(line) || !is_lower(next.front());
  }

  std::unordered_set<std::string_view> compounds_;
  std::size_t usual_width_ = 0;
  bool bullet_apart_ = false;
  std::string out_;
};

}  // namespace

std::string pdf_text(std::string_view pages) {
  const auto text = without_ligatures(pages);
  reflow flow{text};
  for (const auto page : split(text, '\f'))
    flow.page(page);
  return flow.take();
}

}  // namespace millrace::ingest
