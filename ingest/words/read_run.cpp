#include "base/unicode/utf8.hpp"
#include "ingest/words/run.hpp"

#include <algorithm>

namespace millrace::ingest::search {
namespace {

/// What joins the word before the byte to one behind it: its size, or 0.
std::size_t joint_at(std::string_view text, std::size_t at, char_kind before) {
  const auto next = utf8::decode(text, at);
  if (next.code == ',')
    return before == char_kind::digit && word_at(text, at + 1) == char_kind::digit ? 1 : 0;
  const char sign = connector_of(next.code);
  if (sign == 0)
    return 0;
  auto size = next.size;
  const auto rest = text.substr(at);
  if (rest.starts_with("://"))
    size = 3;
  else if (rest.starts_with("::") || rest.starts_with("/."))
    size = 2;
  else if (sign == '_')
    size = std::min(rest.find_first_not_of('_'), rest.size());
  return word_at(text, at + size) == char_kind::other ? 0 : size;
}

/// The size of `++` or `#` behind a letter, where it is a part of the word.
std::size_t sign_at(std::string_view text, std::size_t at, char_kind before) {
  if (!is_letter(before))
    return 0;
  const auto rest = text.substr(at);
  if (rest.starts_with("++"))
    return rest.substr(2).starts_with('+') ? 0 : 2;
  if (!rest.starts_with('#') || rest.substr(1).starts_with('#'))
    return 0;
  return word_at(text, at + 1) == char_kind::other ? 1 : 0;
}

/// The point within a doubled Catalan l.
bool is_catalan_point(std::string_view text, std::size_t at, char32_t before) {
  const auto l = [](char32_t c) { return c == 'l' || c == 'L'; };
  return text.substr(at).starts_with("\u00B7") && l(before) && at + 2 < text.size() &&
         l(static_cast<unsigned char>(text[at + 2]));
}

class run_reader {
 public:
  run_reader(std::string_view text, std::size_t at, word_run& to) : text_(text), at_(at), to_(to) {}

  void read() {
    if (text_[at_] == '.')
      take(1, char_kind::sign);
    while (at_ < text_.size() && step()) {
    }
    to_.end = static_cast<std::uint32_t>(at_);
  }

 private:
  bool step() {
    const auto next = utf8::decode(text_, at_);
    if (!next.valid)
      return false;
    const auto kind = kind_of(next.code);
    if (is_alphanumeric(kind)) {
      put(next.code, kind, false, next.size);
      return true;
    }
    if (kind == char_kind::mark || kind == char_kind::ignorable ||
        is_catalan_point(text_, at_, to_.chars.back().code)) {
      put(next.code, to_.chars.back().kind, true, next.size);
      return true;
    }
    const auto before = to_.chars.back().kind;
    if (const auto size = sign_at(text_, at_, before); size > 0) {
      take(size, char_kind::sign);
      return true;
    }
    const auto size = joint_at(text_, at_, before);
    take(size, char_kind::connector);
    return size > 0;
  }

  /// Takes bytes as characters: only the first of a wide one begins any.
  void take(std::size_t size, char_kind kind) {
    const auto end = at_ + size;
    while (at_ < end) {
      const auto next = utf8::decode(text_, at_);
      put(next.code, kind, false, next.size);
    }
  }

  void put(char32_t code, char_kind kind, bool is_attached, std::size_t size) {
    to_.chars.push_back({code, kind, is_attached, static_cast<std::uint32_t>(at_)});
    at_ += size;
  }

  std::string_view text_;
  std::size_t at_;
  word_run& to_;
};

}  // namespace

char_kind word_at(std::string_view text, std::size_t at) {
  if (at >= text.size())
    return char_kind::other;
  const auto next = utf8::decode(text, at);
  const auto kind = next.valid ? kind_of(next.code) : char_kind::other;
  return is_alphanumeric(kind) ? kind : char_kind::other;
}

bool is_leading_dot(std::string_view text, std::size_t at) {
  constexpr std::string_view before = " \t\r\n([{<>\"'`/*,;:=~|";
  return text[at] == '.' && (at == 0 || before.find(text[at - 1]) != std::string_view::npos) &&
         is_letter(word_at(text, at + 1));
}

void read_run(std::string_view text, std::size_t at, word_run& run) {
  run.clear();
  run_reader{text, at, run}.read();
}

}  // namespace millrace::ingest::search
