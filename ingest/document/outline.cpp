#include "ingest/document/outline.hpp"

#include "base/unicode/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

namespace millrace::ingest {
namespace {

constexpr std::string_view outline_magic = "millrace-outline 1 ";
constexpr std::size_t max_part_bytes = 1000;
constexpr std::int64_t max_page = 10'000'000;
constexpr float max_coordinate = 1e6F;

bool is_gap(std::string_view between) {
  return between.find_first_not_of(" \n>") == std::string_view::npos;
}

bool is_plain_part(std::string_view part) {
  return part.size() <= max_part_bytes && utf8::count(part).broken == 0 &&
         std::none_of(part.begin(), part.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_place(const tree::source_place& from) {
  const auto fits = [](float x) { return std::isfinite(x) && std::fabs(x) <= max_coordinate; };
  const bool has_box = !from.box || (fits(from.box->left) && fits(from.box->top) &&
                                     fits(from.box->right) && fits(from.box->bottom));
  return from.first_page >= 0 && from.first_page <= from.last_page && from.last_page <= max_page &&
         has_box && from.begin >= 0 && from.begin <= from.end && is_plain_part(from.part);
}

/// Reads numbers and signs from the beginning of a text.
class outline_reader {
 public:
  explicit outline_reader(std::string_view text) : rest_(text) {}

  template <class Number>
  bool number(Number& into, char end) {
    const auto [at, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
    rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()));
    return error == std::errc{} && sign(end);
  }

  bool small_number(std::uint8_t& into, char end, int below) {
    int value = 0;
    if (!number(value, end) || value < 0 || value >= below)
      return false;
    into = static_cast<std::uint8_t>(value);
    return true;
  }

  bool sign(char wanted) {
    if (rest_.empty() || rest_.front() != wanted)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool line(std::string_view& into) {
    const auto end = rest_.find('\n');
    if (end == rest_.npos)
      return false;
    into = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool is_done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_entry(outline_reader& in, outline_entry& into) {
  std::uint8_t kind = 0;
  auto& from = into.from;
  if (!in.small_number(kind, ' ', outline_kinds) || !in.small_number(into.level, ' ', 7) ||
      !in.small_number(into.depth, ' ', 256) || !in.number(into.begin, ' ') ||
      !in.number(into.end, ' ') || !in.number(into.head_end, ' ') ||
      !in.number(from.first_page, ' ') || !in.number(from.last_page, ' ') ||
      !in.number(from.begin, ' ') || !in.number(from.end, ' '))
    return false;
  into.kind = static_cast<outline_kind>(kind);
  if (!in.sign('-')) {
    auto& box = from.box.emplace();
    if (!in.sign('[') || !in.number(box.left, ',') || !in.number(box.top, ',') ||
        !in.number(box.right, ',') || !in.number(box.bottom, ']'))
      return false;
  }
  std::string_view part;
  if (!in.sign(' ') || !in.line(part))
    return false;
  from.part = part;
  return true;
}

}  // namespace

std::string_view fault_of(const outline& entries, std::string_view text) {
  std::size_t before = 0;
  for (const auto& e : entries) {
    if (e.begin < before || e.begin >= e.end || e.end > text.size())
      return "a block lies outside of the text or of its order";
    if ((e.begin > 0 && text[e.begin - 1] != '\n') || text[e.end - 1] != '\n')
      return "a block does not consist of whole lines";
    if (e.head_end < e.begin || e.head_end > e.end ||
        (e.has_head() && (e.kind != outline_kind::table || text[e.head_end - 1] != '\n')))
      return "the head of a table is not in it";
    if (e.level > 6 || (e.level > 0 && (e.kind != outline_kind::heading || e.depth > 0)))
      return "the level of a heading is wrong";
    if (!is_place(e.from))
      return "a block has a wrong place in its source";
    if (!is_gap(text.substr(before, e.begin - before)))
      return "text is left out";
    before = e.end;
  }
  return is_gap(text.substr(before)) ? "" : "text is left out at the end";
}

std::string to_bytes(const outline& entries, std::string_view text_sha256) {
  auto out = fmt::format("{}{} {}\n", outline_magic, text_sha256, entries.size());
  const auto to = std::back_inserter(out);
  for (const auto& e : entries) {
    const auto& from = e.from;
    fmt::format_to(to, "{} {} {} {} {} {} {} {} {} {} ", static_cast<int>(e.kind), e.level, e.depth,
                   e.begin, e.end, e.head_end, from.first_page, from.last_page, from.begin,
                   from.end);
    if (from.box)
      fmt::format_to(to, "[{},{},{},{}]", from.box->left, from.box->top, from.box->right,
                     from.box->bottom);
    else
      out += '-';
    fmt::format_to(to, " {}\n", from.part);
  }
  return out;
}

bool from_bytes(std::string_view bytes, outline_blob& into) {
  if (!bytes.starts_with(outline_magic))
    return false;
  bytes.remove_prefix(outline_magic.size());
  const auto digest_end = bytes.find(' ');
  if (digest_end == bytes.npos)
    return false;
  into.text_sha256 = bytes.substr(0, digest_end);
  outline_reader in{bytes.substr(digest_end + 1)};
  std::uint64_t count = 0;
  // An entry takes more bytes than this: a false count takes no memory.
  constexpr std::size_t shortest_entry = 20;
  if (!in.number(count, '\n') || count > bytes.size() / shortest_entry)
    return false;
  into.entries.clear();
  into.entries.reserve(count);
  for (; count > 0; --count)
    if (!read_entry(in, into.entries.emplace_back()))
      return false;
  return in.is_done();
}

}  // namespace millrace::ingest
