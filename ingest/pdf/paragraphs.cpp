#include "ingest/pdf/paragraphs.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/pdf/letters.hpp"

#include <cmath>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

constexpr std::string_view soft_hyphen = "\u00AD";
constexpr std::string_view own_hyphen = "\u2010";

bool is_part_of_word(char32_t c) { return is_letter_or_digit(c) || c == U'-'; }

/// The bytes of the word that the text begins with, or ends with.
std::size_t word_at_begin(std::string_view text) { return std::min(text.find(' '), text.size()); }
std::size_t word_at_end(std::string_view text) {
  const auto blank = text.find_last_of(" \n");
  return blank == text.npos ? 0 : blank + 1;
}

/// Whether the hyphen between `head` and `tail` is there wherever the line ends.
bool keeps_hyphen(std::string_view head, std::string_view tail, const usual& about) {
  if (!is_lower_letter(first_sign(tail)))
    return true;
  // "state-of-the-", "UTF-"
  if (head.find('-') + 1 < head.size() || !is_letter(last_sign(head.substr(0, head.size() - 1))))
    return true;
  while (!tail.empty() && !is_letter_or_digit(last_sign(tail)))
    tail.remove_suffix(1);
  return about.compounds.contains(std::string{head} + std::string{tail});
}

/// Whether the line was ended on purpose: the next word would have had room.
bool was_ended(const line& before, const line& next, const box& block) {
  const auto& first = next.words.front();
  const float room = block.right - before.at.right;
  const float wanted = width(first.at) + 0.3F * next.size;
  // Lines that are not justified end within a few characters.
  if (room < wanted + 1.5F * before.size)
    return false;
  const bool is_far = room > 0.4F * width(block);
  return is_far || ends_sentence(before.words.back().text) ||
         !is_lower_letter(first_sign(first.text));
}

struct item_sign {
  bool is_item = false;
  std::optional<int> number{};
};

class block_reader {
 public:
  block_reader(const std::vector<line>& lines, const page& on, const usual& about,
               std::vector<piece>& into)
      : lines_(lines), on_(on), about_(about), into_(into) {
    block_ = lines.front().at;
    for (const auto& one : lines)
      block_ = around(block_, one.at);
  }

  void read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto sign = item_at(i);
      if (i == 0 || sign.is_item || begins_paragraph(i)) {
        finish(i);
        begin(i, sign);
      } else {
        go_on(i);
      }
    }
    finish(lines_.size());
  }

 private:
  void begin(std::size_t i, const item_sign& sign) {
    const auto& from = lines_[i];
    made_ = {};
    made_.kind = sign.is_item ? piece_kind::item : piece_kind::paragraph;
    made_.number = sign.number;
    made_.first_page = made_.last_page = on_.number;
    made_.at = from.at;
    made_.size = from.size;
    made_.text = sign.is_item ? text_of({from.words.begin() + 1, from.words.end()}) : text_of(from);
    open_ = true;
  }

  void go_on(std::size_t i) {
    if (was_ended(lines_[i - 1], lines_[i], block_))
      made_.text += "\n" + text_of(lines_[i]);
    else
      join_line(made_.text, text_of(lines_[i]), about_);
    made_.at = around(made_.at, lines_[i].at);
    made_.size = std::min(made_.size, lines_[i].size);
    ++made_.lines;
  }

  void finish(std::size_t end) {
    if (!std::exchange(open_, false))
      return;
    const auto& last = lines_[end - 1];
    made_.is_full = block_.right - last.at.right < 2 * last.size;
    into_.push_back(std::move(made_));
  }

  /// Whether line `i` begins an item. A dash or a number may as well be a sign of the sentence.
  item_sign item_at(std::size_t i) const {
    const auto& words = lines_[i].words;
    if (words.size() < 2)
      return {};
    if (is_bullet(words.front().text))
      return {true, {}};
    const bool may_begin = i == 0 || was_ended(lines_[i - 1], lines_[i], block_) ||
                           ends_sentence(lines_[i - 1].words.back().text) ||
                           lines_[i].at.left < lines_[i - 1].at.left - 0.5F * lines_[i].size;
    if (is_dash(words.front().text))
      return {may_begin, {}};
    const auto number = item_number(words.front().text);
    if (!number || !may_begin || lines_[i].size > 1.15F * about_.size)
      return {};
    // Items are counted: "1873." at the beginning of a line is a year.
    const bool follows = *number == 1 || *number == before(i) + 1;
    return {follows, *number};
  }

  /// The number of the last item before line `i`.
  int before(std::size_t i) const {
    if (open_ && made_.number && i > 0)
      return *made_.number;
    for (auto one = into_.rbegin(); one != into_.rend(); ++one)
      if (one->number)
        return *one->number;
    return 0;
  }

  bool begins_paragraph(std::size_t i) const {
    const auto& last = lines_[i - 1];
    const auto& next = lines_[i];
    const float larger = std::max(last.size, next.size);
    if (std::abs(last.size - next.size) > 0.12F * larger && is_apart(i))
      return true;
    if (next.at.top - last.at.bottom > 0.9F * larger)
      return true;
    // The lines of an item do not begin before its bullet.
    if (made_.kind == piece_kind::item && next.at.left < made_.at.left - 0.5F * next.size)
      return true;
    const bool ended = ends_sentence(last.words.back().text);
    const bool is_indented = next.at.left > block_.left + 0.8F * next.size &&
                             last.at.left < next.at.left - 0.5F * next.size;
    return ended && (is_indented || was_ended(last, next, block_));
  }

  /// Whether line `i` stands below the one before it, and not beside it as a raised number does.
  bool is_apart(std::size_t i) const {
    return shared_height(lines_[i - 1].at, lines_[i].at) < 0.2F;
  }

  const std::vector<line>& lines_;
  const page& on_;
  const usual& about_;
  std::vector<piece>& into_;
  box block_{};
  piece made_{};
  bool open_ = false;
};

/// A bullet, "12." or the number of a section ("1.2", "3") that is set as its title is.
bool is_label_of(const line& label, const line& beside) {
  const auto& sign = label.words.front().text;
  const bool is_section = is_digit(sign.front()) && sign.size() <= 10 &&
                          sign.find_first_not_of("0123456789.") == sign.npos &&
                          std::abs(label.size - beside.size) < 0.05F * beside.size &&
                          std::abs(label.at.bottom - beside.at.bottom) < 1;
  return is_bullet(sign) || is_dash(sign) || item_number(sign).has_value() || is_section;
}

}  // namespace

void join_line(std::string& text, std::string_view next, const usual& about) {
  if (text.empty()) {
    text = next;
    return;
  }
  if (text.ends_with(soft_hyphen)) {
    text.resize(text.size() - soft_hyphen.size());
  } else if (text.ends_with(own_hyphen)) {
    text.resize(text.size() - own_hyphen.size());
  } else if (text.back() == '-' && text.size() > 1 &&
             is_part_of_word(last_sign(std::string_view{text}.substr(0, text.size() - 1))) &&
             is_part_of_word(first_sign(next))) {
    if (!keeps_hyphen(std::string_view{text}.substr(word_at_end(text)),
                      next.substr(0, word_at_begin(next)), about))
      text.pop_back();
  } else if (!is_unspaced(last_sign(text)) && !is_unspaced(first_sign(next))) {
    text += ' ';
  }
  text += next;
}

void add_paragraphs(const std::vector<line>& lines, const page& on, const usual& about,
                    std::vector<piece>& into) {
  if (!lines.empty())
    block_reader{lines, on, about, into}.read();
}

bool goes_on(const piece& before, const piece& next) {
  const bool is_text = (before.kind == piece_kind::paragraph || before.kind == piece_kind::item) &&
                       next.kind == piece_kind::paragraph && before.level == 0 && next.level == 0;
  if (!is_text || before.text.empty() || ends_sentence(before.text) ||
      std::abs(before.size - next.size) > 0.1F * before.size)
    return false;
  const auto first = first_sign(next.text);
  const auto last = last_sign(before.text);
  const bool is_divided = last == U'-' || before.text.ends_with(soft_hyphen);
  if (is_cjk(first) && is_cjk(last))
    return before.is_full && before.lines > 1;
  return is_lower_letter(first) && (is_divided || before.is_full || before.lines > 1);
}

void join_labels(std::vector<line>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].words.size() != 1)
      continue;
    std::size_t beside = lines.size();
    // Poppler hands out both near each other.
    constexpr std::size_t reach = 60;
    for (std::size_t k = i < reach ? 0 : i - reach; k < std::min(i + reach, lines.size()); ++k)
      if (k != i && !lines[k].words.empty() && lines[k].at.left >= lines[i].at.right - 1 &&
          shared_height(lines[k].at, lines[i].at) > 0.5F &&
          (beside == lines.size() || lines[k].at.left < lines[beside].at.left))
        beside = k;
    // What is far away is a cell of a table.
    if (beside == lines.size() || lines[beside].at.left - lines[i].at.right > 4 * lines[i].size ||
        !is_label_of(lines[i], lines[beside]))
      continue;
    auto& target = lines[beside];
    target.words.insert(target.words.begin(), lines[i].words.front());
    target.at = around(target.at, lines[i].at);
    lines[i].words.clear();
  }
  std::erase_if(lines, [](const line& one) { return one.words.empty(); });
}

}  // namespace millrace::ingest::pdf_layout
