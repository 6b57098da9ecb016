#include "ingest/words/run.hpp"

#include <algorithm>

namespace millrace::ingest::search {
namespace {

bool is_dot_or_comma(const run_char& c) {
  return c.kind == char_kind::connector && (c.code == '.' || c.code == ',');
}

/// Cuts a run into its parts.
class part_cutter {
 public:
  part_cutter(const word_run& run, std::vector<run_part>& to) : chars_(run.chars), to_(to) {}

  void cut() {
    for (std::size_t at = 0; at < chars_.size();) {
      if (chars_[at].kind == char_kind::digit)
        at = number(at);
      else if (is_letter(chars_[at].kind))
        at = letters(at);
      else
        ++at;
    }
    std::stable_sort(to_.begin(), to_.end(),
                     [](const auto& a, const auto& b) { return a.place < b.place; });
  }

 private:
  std::size_t skip(std::size_t at, bool (*fits)(char_kind)) const {
    while (at < chars_.size() && fits(chars_[at].kind))
      ++at;
    return at;
  }
  static bool is_number(char_kind k) { return k == char_kind::digit; }
  static bool is_upper(char_kind k) { return k == char_kind::upper; }
  static bool is_not_upper(char_kind k) { return is_letter(k) && k != char_kind::upper; }

  std::size_t size_of(std::size_t first, std::size_t last) const {
    return static_cast<std::size_t>(
        std::count_if(chars_.begin() + static_cast<std::ptrdiff_t>(first),
                      chars_.begin() + static_cast<std::ptrdiff_t>(last),
                      [](const run_char& c) { return !c.is_attached; }));
  }
  bool is_whole(std::size_t first, std::size_t last) const {
    return first == 0 && last == chars_.size();
  }
  /// Whether the characters are worth a part, which then has the place.
  bool add(std::size_t first, std::size_t last, std::uint32_t place) {
    if (is_whole(first, last) || size_of(first, last) < 2)
      return false;
    to_.push_back({first, last, place});
    return true;
  }

  /// Digits with dots and commas between them are one part, in which a version has its beginnings.
  std::size_t number(std::size_t first) {
    std::vector<std::size_t> ends{skip(first, is_number)};
    bool has_comma = false;
    for (auto end = ends.back(); end + 1 < chars_.size() && is_dot_or_comma(chars_[end]) &&
                                 chars_[end + 1].kind == char_kind::digit;
         end = ends.back()) {
      has_comma = has_comma || chars_[end].code == ',';
      ends.push_back(skip(end + 1, is_number));
    }
    bool given = add(first, ends.back(), place_);
    if (!has_comma)
      given = beginnings(first, ends) || given;
    else if (!is_grouped(first, ends))
      given = items(first, ends) || given;
    place_ += given ? 1 : 0;
    return ends.back();
  }

  bool beginnings(std::size_t first, const std::vector<std::size_t>& ends) {
    // More characters than the longest term has make none.
    constexpr std::size_t enough = 64;
    bool given = false;
    for (std::size_t n = 1; n + 1 < ends.size() && ends[n] - first <= enough; ++n)
      given = add(first, ends[n], place_) || given;
    return given;
  }

  /// Whether commas stand between thousands.
  bool is_grouped(std::size_t first, const std::vector<std::size_t>& ends) const {
    if (ends.front() - first > 3)
      return false;
    for (std::size_t n = 1; n < ends.size(); ++n)
      if (chars_[ends[n - 1]].code == ',' && ends[n] - ends[n - 1] != 4)
        return false;
    return true;
  }

  bool items(std::size_t first, const std::vector<std::size_t>& ends) {
    bool given = false;
    for (const auto end : ends) {
      given = add(first, end, place_) || given;
      first = end + 1;
    }
    return given;
  }

  std::size_t letters(std::size_t first) {
    const auto last = skip(first, is_letter);
    const auto end = skip(last, [](char_kind k) { return k == char_kind::sign; });
    for (auto at = first; at < last;) {
      const auto capitals = skip(at, is_upper);
      const auto next = skip(capitals, is_not_upper);
      hump(at, capitals, next, next == last ? end : next);
      at = next;
    }
    return end;
  }

  /// A word within a name: capitals, other letters, a sign. Of several capitals the last may belong
  /// to the letters behind it.
  void hump(std::size_t first, std::size_t capitals, std::size_t last, std::size_t end) {
    if (capitals == last || size_of(first, capitals) < 2) {
      bool given = add(first, end, place_);
      if (end > last)
        given = add(first, last, place_) || given;
      place_ += given ? 1 : 0;
      return;
    }
    auto camel = capitals - 1;
    while (chars_[camel].is_attached)
      --camel;
    add(first, capitals, place_);
    add(first, camel, place_);
    const auto place = place_ + (size_of(capitals, end) < 2 ? 0 : 1);
    add(capitals, end, place);
    add(camel, end, place);
    place_ = place + 1;
  }

  const std::vector<run_char>& chars_;
  std::vector<run_part>& to_;
  std::uint32_t place_ = 0;
};

}  // namespace

void parts_of(const word_run& run, std::vector<run_part>& parts) {
  parts.clear();
  part_cutter{run, parts}.cut();
}

}  // namespace millrace::ingest::search
