#include "ingest/chunk/chunker.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "ingest/chunk/sections.hpp"
#include "ingest/chunk/text_boundaries.hpp"
#include "ingest/ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr std::size_t longest_code_point = 4;
// Sections below this part of the target size are merged with their neighbours.
constexpr std::size_t small_section_part = 3;

/// A range that stays together, and where a chunk that repeats its end may begin.
struct piece {
  text_range range;
  cut_style style = cut_style::sentences;
};

/// Whether the lines of a paragraph are the rows of a table: the second one is `|---|:--:|`.
bool is_table(std::string_view paragraph) {
  const auto first = paragraph.find('\n');
  if (first == paragraph.npos || paragraph.substr(0, first).find('|') == paragraph.npos)
    return false;
  auto rule = paragraph.substr(first + 1);
  rule = rule.substr(0, rule.find('\n'));
  return rule.find('-') != rule.npos && rule.find_first_not_of(" \t|:->") == rule.npos;
}

/// Cuts one section into pieces, outermost blocks first, and joins neighbours up to the target
/// size; a short beginning or end may take more, up to the maximum.
class section_cutter {
 public:
  section_cutter(std::string_view text, const chunk_settings& settings)
      : text_(text), settings_(settings) {}

  std::vector<piece> cut(const section& whole) {
    take(whole.blocks, whole.end);
    join_short_end();
    return std::move(found_);
  }

 private:
  /// Takes blocks as one piece where they fit, else one after the other.
  void take(std::span<const block> blocks, std::size_t end) {
    const auto range = trimmed(text_, {blocks.front().begin, end});
    if (blocks.size() == 1) {
      take_leaf(range, blocks.front().kind);
    } else if (range.size() <= settings_.target_size) {
      add(range, cut_style::sentences);
    } else {
      take_each(blocks, end);
    }
  }

  void take_each(std::span<const block> blocks, std::size_t end) {
    const auto inner = blocks.subspan(1);
    const auto outermost =
        std::min_element(inner.begin(), inner.end(), [](const block& a, const block& b) {
          return a.depth < b.depth;
        })->depth;
    for (std::size_t i = 0; i < blocks.size();) {
      auto next = i + 1;
      while (next < blocks.size() && blocks[next].depth > outermost)
        ++next;
      take(blocks.subspan(i, next - i), next < blocks.size() ? blocks[next].begin : end);
      i = next;
    }
  }

  void take_leaf(text_range range, block_kind kind) {
    const bool rows = kind == block_kind::code || is_table(text_.substr(range.begin, range.size()));
    const auto style = rows ? cut_style::lines : cut_style::sentences;
    while (range.size() > settings_.max_size) {
      const auto at = find_cut(text_, range, settings_.target_size, style);
      add(trimmed(text_, {range.begin, at}), style);
      range = trimmed(text_, {at, range.end});
    }
    add(range, style);
  }

  void add(text_range range, cut_style style) {
    if (range.empty())
      return;
    if (!found_.empty()) {
      auto& last = found_.back();
      const bool is_short = last.range.size() < settings_.target_size / 2;
      const auto limit = is_short ? settings_.max_size : settings_.target_size;
      if (range.end - last.range.begin <= limit) {
        last = {{last.range.begin, range.end}, style};
        return;
      }
    }
    found_.push_back({range, style});
  }

  void join_short_end() {
    if (found_.size() < 2)
      return;
    const auto last = found_.back();
    auto& before = found_[found_.size() - 2];
    if (last.range.size() >= settings_.target_size / 4 ||
        last.range.end - before.range.begin > settings_.max_size)
      return;
    before = {{before.range.begin, last.range.end}, last.style};
    found_.pop_back();
  }

  std::string_view text_;
  const chunk_settings& settings_;
  std::vector<piece> found_;
};

/// Where a chunk begins that repeats the end of the one before.
std::size_t begin_with_overlap(std::string_view text, const piece& before, text_range range,
                               const chunk_settings& sizes) {
  const auto without = range.end - before.range.end;
  if (without >= sizes.max_size)
    return range.begin;
  const auto limit = std::min(sizes.overlap, sizes.max_size - without);
  const auto begin = find_overlap(text, before.range, limit, before.style);
  return begin < before.range.end ? begin : range.begin;
}

}  // namespace

chunker::chunker(const chunk_settings& settings) : settings_(settings) {
  const auto refuse = [](const std::string& why) {
    throw error{"cannot split documents into chunks", why, "change the settings of chunks"};
  };
  if (settings.target_size == 0)
    refuse("the target size is 0");
  if (settings.target_size > settings.max_size)
    refuse(fmt::format("the target size {} is larger than the maximum {}", settings.target_size,
                       settings.max_size));
  if (settings.max_size < longest_code_point)
    refuse(fmt::format("the maximum size {} has no room for a character", settings.max_size));
  if (settings.overlap >= settings.target_size)
    refuse(fmt::format("the overlap {} is not smaller than the target size {}", settings.overlap,
                       settings.target_size));
}

std::vector<chunk> chunker::split(const std::string& document_id, std::string_view text) const {
  std::vector<chunk> chunks;
  const auto blocks = markdown_blocks(text);
  const section_sizes sizes{.lone_headings = settings_.target_size,
                            .small = settings_.target_size / small_section_part};
  for (const auto& part : sections(text, blocks, sizes)) {
    const auto pieces = section_cutter{text, settings_}.cut(part);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      auto range = pieces[i].range;
      if (i > 0)
        range.begin = begin_with_overlap(text, pieces[i - 1], range, settings_);
      chunk made;
      made.ord = static_cast<std::int64_t>(chunks.size());
      made.id = chunk_id(document_id, name, version, made.ord);
      made.heading_path = part.heading_path;
      made.byte_begin = static_cast<std::int64_t>(range.begin);
      made.byte_end = static_cast<std::int64_t>(range.end);
      made.text = text.substr(range.begin, range.size());
      made.sha256 = sha256_hex(made.text);
      chunks.push_back(std::move(made));
    }
  }
  return chunks;
}

}  // namespace millrace::ingest
