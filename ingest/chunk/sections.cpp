#include "ingest/chunk/sections.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

constexpr std::size_t levels = 6;
// A path is for people and for search: of a longer heading the beginning is enough.
constexpr std::size_t max_heading_bytes = 120;
constexpr std::size_t no_heading = ~std::size_t{0};

/// For each level the position of the heading above, among the blocks.
using heading_stack = std::array<std::size_t, levels>;

heading_stack no_headings() {
  heading_stack stack;
  stack.fill(no_heading);
  return stack;
}

heading_stack shared(heading_stack a, const heading_stack& b) {
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin()).first;
  std::fill(differ, a.end(), no_heading);
  return a;
}

void shorten(std::string& words) {
  if (words.size() <= max_heading_bytes)
    return;
  auto end = max_heading_bytes;
  while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xc0U) == 0x80U)
    --end;
  words.resize(end);
}

/// Neighbouring blocks that are becoming one section.
struct group {
  std::size_t first = 0;
  std::size_t last = 0;
  heading_stack path = no_headings();
  bool has_body = false;
  /// The path is what several sections share.
  bool is_merged = false;
};

class sectioning {
 public:
  sectioning(std::string_view text, std::span<const outline_entry> blocks, section_sizes sizes)
      : text_(text), blocks_(blocks), sizes_(sizes) {}

  std::vector<section> run() {
    auto path = no_headings();
    group current;
    for (std::size_t i = 0; i < blocks_.size();) {
      group next{.first = i, .last = i + 1};
      if (const auto level = blocks_[i].level; level > 0) {
        path[level - 1U] = i;
        std::fill(path.begin() + level, path.end(), no_heading);
      }
      while (next.last < blocks_.size() && blocks_[next.last].level == 0)
        ++next.last;
      next.path = path;
      next.has_body = blocks_[i].level == 0 || next.last - i > 1;
      i = next.last;
      if (current.last > 0 && !join(current, next)) {
        add(current);
        current = next;
      } else if (current.last == 0) {
        current = next;
      }
    }
    if (current.last > 0 && !current.has_body && !found_.empty())
      join_to_last(current);
    else if (current.last > 0)
      add(current);
    return std::move(found_);
  }

 private:
  std::string heading_words(const outline_entry& heading) const {
    auto line = text_.substr(heading.begin, heading.end - heading.begin);
    line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    return std::string{line.substr(0, line.find('\n'))};
  }

  std::size_t end_of(const group& g) const {
    return g.last < blocks_.size() ? blocks_[g.last].begin : text_.size();
  }

  /// Makes `next` a part of the group before it, where that leaves both easy to find.
  bool join(group& before, const group& next) const {
    const auto begin = blocks_[before.first].begin;
    const bool lone = !before.has_body && blocks_[before.last].begin - begin < sizes_.lone_headings;
    const bool small = end_of(next) - begin < sizes_.small;
    if (!lone && !small)
      return false;
    before.is_merged = before.is_merged || before.has_body;
    before.path = before.has_body ? shared(before.path, next.path) : next.path;
    before.last = next.last;
    before.has_body = before.has_body || next.has_body;
    return true;
  }

  /// Headings at the end of the text go with the section before them.
  void join_to_last(const group& headings) {
    auto& last = found_.back();
    last.blocks = {last.blocks.data(), last.blocks.size() + headings.last - headings.first};
    last.end = end_of(headings);
  }

  /// Behind what they share, the headings of the sections that were merged.
  void add_merged_headings(const group& g, std::string& path) const {
    std::string names;
    for (auto i = g.first; i < g.last; ++i) {
      if (blocks_[i].level == 0 || std::find(g.path.begin(), g.path.end(), i) != g.path.end())
        continue;
      auto words = heading_words(blocks_[i]);
      shorten(words);
      if (!words.empty())
        names += (names.empty() ? "" : " / ") + words;
    }
    if (!names.empty())
      path += (path.empty() ? "" : " > ") + names;
  }

  void add(const group& g) {
    section made;
    for (auto heading : g.path) {
      if (heading == no_heading)
        continue;
      auto words = heading_words(blocks_[heading]);
      shorten(words);
      if (words.empty())
        continue;
      made.heading_path += made.heading_path.empty() ? "" : " > ";
      made.heading_path += words;
    }
    if (g.is_merged)
      add_merged_headings(g, made.heading_path);
    made.blocks = blocks_.subspan(g.first, g.last - g.first);
    made.begin = blocks_[g.first].begin;
    made.end = end_of(g);
    found_.push_back(std::move(made));
  }

  std::string_view text_;
  std::span<const outline_entry> blocks_;
  section_sizes sizes_;
  std::vector<section> found_;
};

}  // namespace

std::vector<section> sections(std::string_view text, std::span<const outline_entry> blocks,
                              section_sizes sizes) {
  return sectioning{text, blocks, sizes}.run();
}

}  // namespace millrace::ingest
