#include "ingest/chunk/break_iterators.hpp"

#include "base/check.hpp"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace millrace::ingest {
namespace {

using icu_iterator = std::unique_ptr<icu::BreakIterator>;

icu_iterator make_iterator(break_kind kind) {
  UErrorCode status = U_ZERO_ERROR;
  const auto& root = icu::Locale::getRoot();
  icu_iterator made{
      kind == break_kind::sentence ? icu::BreakIterator::createSentenceInstance(root, status)
      : kind == break_kind::line   ? icu::BreakIterator::createLineInstance(root, status)
      : kind == break_kind::word   ? icu::BreakIterator::createWordInstance(root, status)
                                   : icu::BreakIterator::createCharacterInstance(root, status)};
  MILLRACE_CHECK(U_SUCCESS(status) && made != nullptr);
  return made;
}

/// One of each kind for each thread: making one takes longer than a chunk.
icu::BreakIterator& iterator_of(break_kind kind) {
  thread_local std::array<icu_iterator, 4> made;
  auto& one = made[static_cast<std::size_t>(kind)];
  if (!one)
    one = make_iterator(kind);
  return *one;
}

/// Walks over a part of a text. Its lines run on: a line end ends no sentence.
class window {
 public:
  window(std::string_view text, std::size_t begin, std::size_t end, break_kind kind)
      : part_(text.substr(begin, end - begin)), iterator_(iterator_of(kind)) {
    if (kind == break_kind::sentence)
      std::replace(part_.begin(), part_.end(), '\n', ' ');
    UErrorCode status = U_ZERO_ERROR;
    text_ = utext_openUTF8(nullptr, part_.data(), static_cast<std::int64_t>(part_.size()), &status);
    iterator_.setText(text_, status);
    MILLRACE_CHECK(U_SUCCESS(status));
  }
  window(const window&) = delete;
  window& operator=(const window&) = delete;
  ~window() { utext_close(text_); }

  bool is_blank(std::size_t at) const { return at < part_.size() && is_space(part_[at]); }
  icu::BreakIterator& iterator() { return iterator_; }
  std::size_t size() const { return part_.size(); }

 private:
  std::string part_;
  icu::BreakIterator& iterator_;
  UText* text_ = nullptr;
};

// What follows decides whether a place is a boundary.
constexpr std::size_t look_ahead = 64;
// Before a place from which boundaries are looked for.
constexpr std::size_t look_behind = 512;

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::size_t at_code_point(std::string_view text, std::size_t at, std::size_t end) {
  while (at < end && continues_code_point(text[at]))
    ++at;
  return at;
}

}  // namespace

std::size_t last_break(std::string_view text, text_range range, std::size_t limit,
                       break_kind kind) {
  const auto end = at_code_point(text, std::min(range.end, limit + look_ahead), range.end);
  window part{text, range.begin, end, kind};
  auto& iterator = part.iterator();
  const auto furthest = static_cast<std::int32_t>(limit - range.begin);
  for (auto at = iterator.isBoundary(furthest) ? furthest : iterator.preceding(furthest); at > 0;
       at = iterator.previous())
    if (kind == break_kind::cluster || !part.is_blank(static_cast<std::size_t>(at)))
      return range.begin + static_cast<std::size_t>(at);
  return range.begin;
}

std::size_t first_break(std::string_view text, text_range range, std::size_t from,
                        break_kind kind) {
  const auto before = from - range.begin > look_behind ? from - look_behind : range.begin;
  const auto begin = at_code_point(text, before, from);
  window part{text, begin, range.end, kind};
  auto& iterator = part.iterator();
  const auto last = static_cast<std::int32_t>(part.size());
  for (auto at = iterator.following(static_cast<std::int32_t>(from - begin) - 1);
       at != icu::BreakIterator::DONE && at < last; at = iterator.next())
    if (at > 0 && !part.is_blank(static_cast<std::size_t>(at)))
      return begin + static_cast<std::size_t>(at);
  return range.end;
}

std::vector<std::size_t> all_breaks(std::string_view text, break_kind kind) {
  std::vector<std::size_t> found;
  window all{text, 0, text.size(), kind};
  while (all.iterator().next() != icu::BreakIterator::DONE)
    found.push_back(static_cast<std::size_t>(all.iterator().current()));
  return found;
}

std::size_t code_point_cut(std::string_view text, text_range range, std::size_t limit) {
  constexpr std::size_t longest = 4;
  const auto cut = range.begin + limit;
  for (auto at = cut; at > range.begin && cut - at < longest; --at)
    if (!continues_code_point(text[at]))
      return at;
  if (limit >= longest)
    return cut;
  auto at = range.begin + 1;
  while (at < range.end && at - range.begin < longest && continues_code_point(text[at]))
    ++at;
  return at;
}

}  // namespace millrace::ingest
