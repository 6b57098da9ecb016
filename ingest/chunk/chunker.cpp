#include "ingest/chunk/chunker.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "ingest/chunk/chunk_places.hpp"
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
  /// Nothing but headings: what follows stays with them.
  bool is_heading = false;
};

cut_style style_of(outline_kind kind) {
  switch (kind) {
    case outline_kind::table:
      return cut_style::lines;
    case outline_kind::code:
    case outline_kind::preformatted:
      return cut_style::code;
    default:
      return cut_style::sentences;
  }
}

/// The bytes of a head that chunks of the table's rows repeat: none where it would leave little
/// room for the rows.
std::size_t repeated_head(const outline_entry& table, const chunk_settings& settings) {
  const std::size_t head = table.head_end - table.begin;
  return head <= settings.target_size / 2 ? head : 0;
}

const outline_entry* entry_at(const outline& blocks, std::size_t at) {
  const auto after =
      std::upper_bound(blocks.begin(), blocks.end(), at,
                       [](std::size_t a, const outline_entry& b) { return a < b.begin; });
  return after == blocks.begin() ? nullptr : &*(after - 1);
}

/// Cuts one section into pieces, outermost blocks first, and joins neighbours up to the target
/// size; a short beginning or end may take more, up to the maximum.
class section_cutter {
 public:
  section_cutter(std::string_view text, const outline& all, const chunk_settings& settings)
      : text_(text), all_(all), settings_(settings) {}

  std::vector<piece> cut(const section& whole) {
    take(whole.blocks, whole.end);
    join_short_end();
    return std::move(found_);
  }

 private:
  /// Takes blocks as one piece where they fit, else one after the other.
  void take(std::span<const outline_entry> blocks, std::size_t end) {
    const auto range = trimmed(text_, {blocks.front().begin, end});
    if (blocks.size() == 1) {
      take_leaf(range, blocks.front());
    } else if (range.size() <= settings_.target_size) {
      add({range, cut_style::sentences});
    } else {
      take_each(blocks, end);
    }
  }

  void take_each(std::span<const outline_entry> blocks, std::size_t end) {
    const auto inner = blocks.subspan(1);
    const auto outermost = std::min_element(inner.begin(), inner.end(),
                                            [](const outline_entry& a, const outline_entry& b) {
                                              return a.depth < b.depth;
                                            })
                               ->depth;
    for (std::size_t i = 0; i < blocks.size();) {
      auto next = i + 1;
      while (next < blocks.size() && blocks[next].depth > outermost)
        ++next;
      take(blocks.subspan(i, next - i), next < blocks.size() ? blocks[next].begin : end);
      i = next;
    }
  }

  void take_leaf(text_range range, const outline_entry& leaf) {
    if (!found_.empty() && found_.back().is_heading) {
      range.begin = found_.back().range.begin;
      found_.pop_back();
    }
    const auto style = style_of(leaf.kind);
    const auto room = rows_size(leaf);
    while (range.size() > (range.begin < leaf.head_end ? settings_.max_size : room.max)) {
      const auto target = range.begin < leaf.head_end ? settings_.target_size : room.target;
      const auto at = find_cut(text_, range, target, style);
      add({trimmed(text_, {range.begin, at}), style});
      range = trimmed(text_, {at, range.end});
    }
    add({range, style, leaf.kind == outline_kind::heading});
  }

  /// What rows of a table may take beside its head.
  struct sizes {
    std::size_t target;
    std::size_t max;
  };
  sizes rows_size(const outline_entry& leaf) const {
    const auto head = repeated_head(leaf, settings_);
    return {settings_.target_size - head, settings_.max_size - head};
  }

  void add(piece next) {
    if (next.range.empty())
      return;
    if (!found_.empty()) {
      auto& last = found_.back();
      const bool is_short = last.range.size() < settings_.target_size / 2;
      const auto limit = is_short ? settings_.max_size : settings_.target_size;
      if (next.range.end - last.range.begin + head_before(last.range) <= limit) {
        last = {{last.range.begin, next.range.end}, next.style, last.is_heading && next.is_heading};
        return;
      }
    }
    found_.push_back(next);
  }

  /// The bytes of the head that a chunk of that range has before it.
  std::size_t head_before(text_range range) const {
    return table_head_of(text_, all_, range.begin).size();
  }

  void join_short_end() {
    if (found_.size() < 2)
      return;
    const auto last = found_.back();
    auto& before = found_[found_.size() - 2];
    if (last.range.size() >= settings_.target_size / 4 ||
        last.range.end - before.range.begin + head_before(before.range) > settings_.max_size)
      return;
    before = {
        {before.range.begin, last.range.end}, last.style, before.is_heading && last.is_heading};
    found_.pop_back();
  }

  std::string_view text_;
  const outline& all_;
  const chunk_settings& settings_;
  std::vector<piece> found_;
};

/// Where a chunk begins that repeats the end of the one before.
std::size_t begin_with_overlap(std::string_view text, const piece& before, text_range range,
                               std::size_t head, const chunk_settings& sizes) {
  const auto without = range.end - before.range.end + head;
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

std::string_view table_head_of(std::string_view text, const outline& blocks, std::size_t at) {
  const auto* table = entry_at(blocks, at);
  if (table == nullptr || !table->has_head() || at < table->head_end || at >= table->end)
    return {};
  return text.substr(table->begin, table->head_end - table->begin);
}

std::vector<chunk> chunker::split(const std::string& document_id, std::string_view text,
                                  const outline& blocks) const {
  std::vector<chunk> chunks;
  if (blocks.empty())
    return chunks;
  const section_sizes sizes{.lone_headings = settings_.target_size,
                            .small = settings_.target_size / small_section_part};
  for (const auto& part : sections(text, blocks, sizes)) {
    const auto pieces = section_cutter{text, blocks, settings_}.cut(part);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      auto range = pieces[i].range;
      if (i > 0)
        range.begin = begin_with_overlap(
            text, pieces[i - 1], range, table_head_of(text, blocks, range.begin).size(), settings_);
      chunk made;
      made.ord = static_cast<std::int64_t>(chunks.size());
      made.id = chunk_id(document_id, name, version, made.ord);
      made.heading_path = part.heading_path;
      made.byte_begin = static_cast<std::int64_t>(range.begin);
      made.byte_end = static_cast<std::int64_t>(range.end);
      const auto head = table_head_of(text, blocks, range.begin);
      if (head.size() <= settings_.target_size / 2 &&
          head.size() + range.size() <= settings_.max_size)
        made.text = head;
      made.text += text.substr(range.begin, range.size());
      made.sha256 = sha256_hex(made.text);
      add_places(made, blocks);
      chunks.push_back(std::move(made));
    }
  }
  return chunks;
}

}  // namespace millrace::ingest
