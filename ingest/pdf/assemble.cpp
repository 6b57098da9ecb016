#include "ingest/pdf/assemble.hpp"

#include "ingest/pdf/contents.hpp"
#include "ingest/pdf/furniture.hpp"
#include "ingest/pdf/headings.hpp"
#include "ingest/pdf/letters.hpp"
#include "ingest/pdf/listings.hpp"
#include "ingest/pdf/paragraphs.hpp"
#include "ingest/pdf/tables.hpp"
#include "ingest/pdf/turned.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

using pieces = std::vector<piece>;

tree::spans words_of(const std::string& text) { return {{tree::span_kind::text, text}}; }

tree::source_place place_of(const piece& what) {
  tree::source_place place;
  place.first_page = what.first_page;
  place.last_page = what.last_page;
  place.box = what.at;
  return place;
}

void add_block(const std::vector<line>& lines, const page& on, float left, const usual& about,
               pieces& into) {
  // A block may begin or end with a line of another font.
  if (auto listing = listing_of(lines, on, left, about))
    into.push_back(*std::move(listing));
  else
    add_paragraphs(lines, on, about, into);
}

void add_aside(const page& on, pieces& into) {
  int block = 0;
  for (const auto& one : on.aside) {
    if (into.empty() || into.back().kind != piece_kind::aside || one.block != block) {
      piece made;
      made.kind = piece_kind::aside;
      made.first_page = made.last_page = on.number;
      made.at = one.at;
      made.text = text_of(one);
      into.push_back(std::move(made));
    } else {
      into.back().text += "\n" + text_of(one);
      into.back().at = around(into.back().at, one.at);
    }
    block = one.block;
  }
}

void add_page(page& on, const usual& about, pieces& into) {
  float left = on.width;
  for (const auto& one : on.lines)
    left = std::min(left, one.at.left);
  for (auto& one : take_contents(on))
    into.push_back(std::move(one));
  auto tables = take_tables(on);
  join_labels(on.lines);
  std::sort(tables.begin(), tables.end(),
            [](const placed_table& a, const placed_table& b) { return a.block < b.block; });
  auto table = tables.begin();
  for (std::size_t i = 0; i < on.lines.size();) {
    const int block = on.lines[i].block;
    for (; table != tables.end() && table->block <= block; ++table)
      into.push_back(std::move(table->content));
    std::vector<line> lines;
    while (i < on.lines.size() && on.lines[i].block == block)
      lines.push_back(std::move(on.lines[i++]));
    add_block(lines, on, left, about, into);
  }
  for (; table != tables.end(); ++table)
    into.push_back(std::move(table->content));
  add_aside(on, into);
}

/// Whether two listings are one that a gap or the end of a page divides.
bool is_same_listing(const piece& before, const piece& next) {
  return before.kind == piece_kind::listing && next.kind == piece_kind::listing &&
         (next.first_page > before.last_page ||
          (next.at.top >= before.at.top &&
           next.at.top - before.code.back().top < 3.2F * before.pitch));
}

/// Joins what the ends of columns and pages divide.
pieces joined(pieces&& all, const usual& about) {
  pieces out;
  for (auto& one : all) {
    if (!out.empty() && goes_on(out.back(), one)) {
      auto& last = out.back();
      join_line(last.text, one.text, about);
      if (last.first_page == one.first_page)
        last.at = around(last.at, one.at);
      last.last_page = one.last_page;
      last.lines += one.lines;
      last.is_full = one.is_full;
    } else if (!out.empty() && is_same_listing(out.back(), one)) {
      auto& last = out.back();
      last.code.insert(last.code.end(), one.code.begin(), one.code.end());
      if (last.first_page == one.first_page)
        last.at = around(last.at, one.at);
      last.last_page = one.last_page;
    } else if (!out.empty() && out.back().kind == piece_kind::contents &&
               one.kind == piece_kind::contents) {
      out.back().rows.insert(out.back().rows.end(), one.rows.begin(), one.rows.end());
      out.back().last_page = one.last_page;
    } else {
      out.push_back(std::move(one));
    }
  }
  return out;
}

tree::block table_block(const piece& what) {
  tree::table made;
  made.head_rows = what.head_rows;
  for (const auto& row : what.rows) {
    auto& cells = made.rows.emplace_back();
    for (const auto& cell : row)
      cells.push_back(words_of(cell));
  }
  return {std::move(made), place_of(what)};
}

tree::block contents_block(const piece& what) {
  tree::list made;
  for (const auto& row : what.rows) {
    tree::list_item item;
    item.content.push_back({tree::paragraph{words_of(row.front())}, place_of(what)});
    made.items.push_back(std::move(item));
  }
  return {std::move(made), place_of(what)};
}

/// A list of the items from `at` on that belong together: what stands further right is within the
/// item above it.
tree::block list_block(const pieces& all, std::size_t& at) {
  tree::list made;
  const auto& first = all[at];
  const float step = 0.8F * first.size;
  while (at < all.size() && all[at].kind == piece_kind::item && all[at].level == 0) {
    const auto& one = all[at];
    const bool same_page = one.first_page == first.first_page;
    if (!made.items.empty() && same_page && one.at.left > first.at.left + step &&
        one.at.left < first.at.left + 8 * first.size) {
      made.items.back().content.push_back(list_block(all, at));
      continue;
    }
    if (!made.items.empty() && ((same_page && one.at.left < first.at.left - step) ||
                                one.number.has_value() != first.number.has_value()))
      break;
    tree::list_item item;
    if (one.number)
      item.number = *one.number;
    item.content.push_back({tree::paragraph{words_of(one.text)}, place_of(one)});
    made.items.push_back(std::move(item));
    ++at;
  }
  return {std::move(made), place_of(first)};
}

tree::blocks blocks_of(const pieces& all) {
  tree::blocks out;
  for (std::size_t i = 0; i < all.size();) {
    const auto& one = all[i];
    if (one.kind == piece_kind::item && one.level == 0) {
      out.push_back(list_block(all, i));
      continue;
    }
    if (one.level > 0)
      out.push_back({tree::heading{one.level, words_of(one.text)}, place_of(one)});
    else if (one.kind == piece_kind::table)
      out.push_back(table_block(one));
    else if (one.kind == piece_kind::contents)
      out.push_back(contents_block(one));
    else if (one.kind == piece_kind::listing)
      out.push_back({tree::code{code_text(one), {}}, place_of(one)});
    else
      out.push_back({tree::paragraph{words_of(one.text)}, place_of(one)});
    ++i;
  }
  return out;
}

void name_empty_pages(const std::vector<int>& empty, std::size_t all, tree::document& into) {
  constexpr std::size_t most_named = 20;
  if (empty.empty())
    return;
  std::string names;
  for (std::size_t i = 0; i < std::min(empty.size(), most_named); ++i)
    names += fmt::format("{}{}", i > 0 ? ", " : "", empty[i]);
  if (empty.size() > most_named)
    names += " and others";
  into.warnings.push_back(
      {"PDF_PAGES_WITHOUT_TEXT",
       fmt::format("{} of {} pages have no text, blank pages or pictures: {}. What is scanned "
                   "needs text recognition (OCR) before it can be found",
                   empty.size(), all, names),
       static_cast<std::int64_t>(empty.size())});
}

}  // namespace

tree::document assemble(std::vector<page>&& pages, const std::vector<bookmark>& outline) {
  tree::document made;
  std::vector<int> empty;
  for (auto& on : pages) {
    if (on.lines.empty())
      empty.push_back(on.number);
    set_upright(on);
  }
  const auto about = measure(pages);
  drop_furniture(pages, about.size);
  pieces all;
  for (auto& on : pages) {
    add_page(on, about, all);
    on = {};
  }
  find_headings(all, outline, about);
  made.content = blocks_of(joined(std::move(all), about));
  if (!made.content.empty())
    name_empty_pages(empty, pages.size(), made);
  return made;
}

}  // namespace millrace::ingest::pdf_layout
