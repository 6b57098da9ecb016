#include "ingest/html/inline_text.hpp"

#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::ingest::html_tree {
namespace {

using tree::span_kind;

enum class byte_class : std::uint8_t { plain, space, newline, control, lead };

constexpr std::array<byte_class, 256> byte_classes = [] {
  std::array<byte_class, 256> classes{};
  for (std::size_t i = 0; i < 0x20; ++i)
    classes[i] = byte_class::control;
  classes[0x7F] = byte_class::control;
  classes[' '] = classes['\t'] = classes['\f'] = byte_class::space;
  classes['\r'] = classes['\n'] = byte_class::newline;
  // These begin the sequences of invisible marks.
  classes[0xC2] = classes[0xE2] = classes[0xEF] = byte_class::lead;
  return classes;
}();

byte_class class_of(char c) { return byte_classes[static_cast<unsigned char>(c)]; }

enum class mark : std::uint8_t { none, space, soft_hyphen, zero_width_space, invisible };

/// What stands at `at`, where a lead byte is.
mark mark_at(std::string_view text, std::size_t at) {
  const auto found = text.substr(at);
  if (found.starts_with("\u00A0"))
    return mark::space;
  if (found.starts_with("\u00AD"))
    return mark::soft_hyphen;
  if (found.starts_with("\u200B"))
    return mark::zero_width_space;
  if (found.starts_with("\uFEFF"))
    return mark::invisible;
  // Control characters from U+0080 on.
  if (found.size() > 1 && found[0] == '\xC2' && static_cast<unsigned char>(found[1]) < 0xA0)
    return mark::invisible;
  return mark::none;
}

std::size_t size_at(std::string_view text, std::size_t at) {
  const std::size_t size = text[at] == '\xC2' ? 2 : 3;
  return std::min(size, text.size() - at);
}

bool is_wide(char32_t c) {
  return is_ideograph(c) || (c >= 0x3000 && c <= 0x30FF) || (c >= 0xFF00 && c <= 0xFFEF);
}

char32_t last_of(std::string_view text) {
  auto at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[--at]) & 0xC0) == 0x80) {
  }
  return at < text.size() ? utf8::decode(text, at).code : 0;
}

}  // namespace

void inline_text::text(std::string_view words) {
  std::size_t at = 0;
  while (at < words.size()) {
    switch (class_of(words[at])) {
      case byte_class::space:
      case byte_class::newline:
        if (!std::exchange(pending_space_, true))
          space_kind_ = kind_;
        pending_newline_ = pending_newline_ || class_of(words[at]) == byte_class::newline;
        ++at;
        break;
      case byte_class::control:
        ++at;
        break;
      case byte_class::lead:
        special(words, at);
        break;
      case byte_class::plain: {
        const auto begin = at;
        while (at < words.size() && class_of(words[at]) == byte_class::plain)
          ++at;
        append(words.substr(begin, at - begin));
        break;
      }
    }
  }
}

void inline_text::special(std::string_view words, std::size_t& at) {
  const auto size = size_at(words, at);
  switch (mark_at(words, at)) {
    case mark::space:
      if (!std::exchange(pending_space_, true))
        space_kind_ = kind_;
      break;
    case mark::zero_width_space: {
      // Between letters of Thai or Khmer it parts words; after ASCII it only allows a line to end.
      const bool after_ascii = spans_.empty() || spans_.back().text.empty() ||
                               static_cast<unsigned char>(spans_.back().text.back()) < 0x80;
      if (!after_ascii && !pending_space_)
        append(words.substr(at, size));
      break;
    }
    case mark::none:
      append(words.substr(at, size));
      break;
    case mark::soft_hyphen:
    case mark::invisible:
      break;
  }
  at += size;
}

void inline_text::append(std::string_view words) {
  begin_span(kind_, words);
  spans_.back().text += words;
}

void inline_text::whole(span_kind kind, std::string words) {
  separate(kind, words);
  spans_.push_back({kind, std::move(words)});
}

void inline_text::code_lines(std::string_view lines) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    line_break();
    if (end > 0)
      whole(span_kind::code, std::string{lines.substr(0, end)});
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  line_break();
}

void inline_text::line_break() {
  pending_space_ = pending_newline_ = false;
  pending_break_ = !spans_.empty();
}

span_kind inline_text::set_kind(span_kind kind) { return std::exchange(kind_, kind); }

tree::spans inline_text::take() {
  pending_space_ = pending_newline_ = pending_break_ = false;
  return std::exchange(spans_, {});
}

void inline_text::begin_span(span_kind kind, std::string_view next) {
  separate(kind, next);
  if (spans_.empty() || spans_.back().kind != kind)
    spans_.push_back({kind, {}});
}

/// Puts what is pending between the last span and one of that kind.
void inline_text::separate(span_kind kind, std::string_view next) {
  const bool space = std::exchange(pending_space_, false);
  const bool newline = std::exchange(pending_newline_, false);
  if (std::exchange(pending_break_, false)) {
    spans_.push_back({span_kind::line_break, {}});
    return;
  }
  if (!space || spans_.empty() || (newline && joins_ideographs(next)))
    return;
  auto& last = spans_.back();
  if (last.kind == kind && kind == space_kind_ && kind != span_kind::image)
    last.text += ' ';
  else if (last.kind == span_kind::text)
    last.text += ' ';
  else
    spans_.push_back({span_kind::text, " "});
}

bool inline_text::joins_ideographs(std::string_view next) const {
  return !next.empty() && is_wide(last_of(spans_.back().text)) &&
         is_wide(utf8::decode(next, 0).code);
}

void append_verbatim(std::string& to, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto kind = class_of(text[at]);
    if (kind == byte_class::lead) {
      const auto size = size_at(text, at);
      const auto found = mark_at(text, at);
      if (found == mark::space)
        to += ' ';
      else if (found == mark::none)
        to += text.substr(at, size);
      at += size;
      continue;
    }
    if (kind == byte_class::control) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && class_of(text[at]) != byte_class::lead &&
           class_of(text[at]) != byte_class::control)
      ++at;
    to += text.substr(begin, at - begin);
  }
}

}  // namespace millrace::ingest::html_tree
