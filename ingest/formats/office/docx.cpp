#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/office/docx_body.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace millrace::ingest::formats {
namespace {

bool is_code_block(std::string_view name) {
  return name == "source code" || name == "html preformatted" || name == "preformatted text" ||
         name == "code" || name == "code block" || name == "macro";
}

bool is_quote(std::string_view name) {
  return name == "quote" || name == "intense quote" || name == "block text" ||
         name == "quotations" || name == "block quotation";
}

node body_of(const pugi::xml_document& part) { return child(part.first_child(), "body"); }

}  // namespace

docx_body::docx_body(const package& from)
    : from_{from},
      styles_part_{from.part(from.related(from.main(), "/styles"))},
      numbering_part_{from.part(from.related(from.main(), "/numbering"))},
      styles_{styles_part_->first_child()},
      numbering_{numbering_part_->first_child()} {}

tree::blocks docx_body::read(node of) {
  tree::blocks found;
  for (const auto at : of.children())
    read_block(at, found);
  return found;
}

void docx_body::read_block(node at, tree::blocks& to) {
  const auto name = local(at);
  if (name == "p")
    read_paragraph(at, to);
  else if (name == "tbl")
    read_table(at, to);
  else if (name == "AlternateContent") {
    const auto choice = child(at, "Choice");
    for (const auto inner : (choice ? choice : child(at, "Fallback")).children())
      read_block(inner, to);
  } else if (name == "sdt" || name == "sdtContent" || name == "ins" || name == "moveTo" ||
             name == "smartTag" || name == "customXml")
    for (const auto inner : at.children())
      read_block(inner, to);
}

void docx_body::read_paragraph(node at, tree::blocks& to) {
  paragraph_parts read_parts;
  read_inline(at, read_parts);
  const auto before = child(at, "pPr", "pageBreakBefore");
  if (before && attribute(before, "val") != "0")
    to.push_back({tree::page_break{}});
  if (!is_blank(read_parts.words) ||
      std::any_of(read_parts.words.begin(), read_parts.words.end(),
                  [](auto& one) { return one.kind == tree::span_kind::image; }))
    place_paragraph(at, std::move(read_parts.words), to);
  std::move(read_parts.after.begin(), read_parts.after.end(), std::back_inserter(to));
  if (read_parts.page_break)
    to.push_back({tree::page_break{}});
}

void docx_body::place_paragraph(node at, tree::spans words, tree::blocks& to) {
  const auto properties = child(at, "pPr");
  const auto& style = styles_.of(attribute(child(properties, "pStyle"), "val"));
  // A table of contents repeats the headings.
  if (style.name.starts_with("toc ") || style.name.starts_with("contents "))
    return;
  long outline = number_of(attribute(child(properties, "outlineLvl"), "val"), 9);
  if (outline == 9 && style.outline)
    outline = *style.outline;
  const int level = outline < 9 ? heading_level(outline + 1) : heading_in_name(style.name);
  std::string numbering = style.numbering;
  int depth = style.numbering_level;
  if (const auto own = child(properties, "numPr")) {
    if (const auto id = child(own, "numId"))
      numbering = attribute(id, "val");
    depth = static_cast<int>(number_of(attribute(child(own, "ilvl"), "val"), depth));
  }
  std::optional<word_label> label;
  if (!numbering.empty() && numbering != "0")
    label = numbering_.next(numbering, depth);
  if (level > 0) {
    if (label && !label->is_bullet && !label->text.empty())
      words.insert(words.begin(), {tree::span_kind::text, label->text + " "});
    to.push_back({tree::heading{level, std::move(words)}});
  } else if (label) {
    tree::list_item item;
    if (!label->is_bullet)
      item.number = label->number;
    item.content.push_back({tree::paragraph{std::move(words)}});
    add_item(to, depth, std::move(item));
  } else if (is_code_block(style.name)) {
    add_code_line(to, plain(words));
  } else if (is_quote(style.name)) {
    if (to.empty() || !std::holds_alternative<tree::quote>(to.back().content))
      to.push_back({tree::quote{}});
    std::get<tree::quote>(to.back().content).content.push_back({tree::paragraph{std::move(words)}});
  } else if (words.size() == 1 && words[0].kind == tree::span_kind::formula) {
    to.push_back({tree::formula{std::move(words[0].text)}});
  } else if (words.size() == 1 && words[0].kind == tree::span_kind::image) {
    to.push_back({tree::image{std::move(words[0].text)}});
  } else {
    to.push_back({tree::paragraph{std::move(words)}});
  }
}

void docx_body::read_table(node at, tree::blocks& to) {
  tree::table table;
  const auto look = child(at, "tblPr", "tblLook");
  const auto first = attribute(look, "firstRow");
  bool in_head = true;
  for (const auto row : at.children()) {
    const auto real = is(row, "sdt") ? descendant(row, "tr") : row;
    if (!is(real, "tr") || child(child(real, "trPr"), "del"))
      continue;
    read_row(real, table);
    const auto head = child(real, "trPr", "tblHeader");
    in_head = in_head && head && attribute(head, "val") != "0";
    table.head_rows += in_head;
  }
  const bool looks_so =
      first.empty()
          ? (std::strtol(std::string{attribute(look, "val")}.c_str(), nullptr, 16) & 0x20) != 0
          : first == "1" || first == "true";
  if (table.head_rows == 0 && looks_so)
    table.head_rows = 1;
  square(table);
  // A table of one cell is a frame around text.
  if (table.rows.size() == 1 && table.rows[0].size() == 1)
    to.push_back({tree::paragraph{std::move(table.rows[0][0])}});
  else if (!table.rows.empty())
    to.push_back({std::move(table)});
}

void docx_body::read_row(node at, tree::table& table) {
  tree::table::row row;
  const auto skip = [&](node cell_or_row, const char* name) {
    const long many = number_of(attribute(child(cell_or_row, name), "val"), 0);
    row.resize(row.size() + static_cast<std::size_t>(std::clamp<long>(many, 0, 1'000)));
  };
  skip(child(at, "trPr"), "gridBefore");
  for (const auto one : at.children()) {
    const auto cell = is(one, "sdt") ? descendant(one, "tc") : one;
    if (!is(cell, "tc"))
      continue;
    const auto properties = child(cell, "tcPr");
    const auto merged = child(properties, "vMerge");
    const bool goes_on = merged && attribute(merged, "val") != "restart";
    row.push_back(goes_on ? tree::spans{} : flatten(read(cell)));
    const long wide = number_of(attribute(child(properties, "gridSpan"), "val"), 1);
    row.resize(row.size() + static_cast<std::size_t>(std::clamp<long>(wide, 1, 1'000) - 1));
    cells_ += static_cast<std::size_t>(std::clamp<long>(wide, 1, 1'000));
    if (cells_ > from_.limits().max_cells)
      fail("FILE_EXPANDS_TOO_MUCH", "the tables of the file have too many cells: split it");
  }
  table.rows.push_back(std::move(row));
}

tree::blocks docx_body::notes() {
  tree::blocks found;
  std::map<std::string, std::map<std::string, node, std::less<>>> by_id;
  std::vector<std::unique_ptr<pugi::xml_document>> opened;
  for (const char* kind : {"footnotes", "endnotes", "comments"}) {
    opened.push_back(from_.part(from_.related(from_.main(), std::string{"/"} + kind)));
    for (const auto one : opened.back()->first_child().children())
      by_id[kind].emplace(attribute(one, "id"), one);
  }
  // Notes may refer to notes, each once.
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const auto reference = references_[i];
    auto& notes = by_id[reference[0]];
    const auto at = notes.find(reference[1]);
    if (at == notes.end())
      continue;
    tree::footnote note{reference[2], read(at->second)};
    const auto author = attribute(at->second, "author");
    if (!author.empty())
      note.content.insert(note.content.begin(),
                          {tree::paragraph{{{tree::span_kind::text, std::string{author} + ":"}}}});
    notes.erase(at);
    found.push_back({std::move(note)});
  }
  return found;
}

tree::read_result read_docx(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const package from{bytes, limits};
    tree::document made{.about = from.about()};
    docx_body body{from};
    const auto part = from.part(from.main());
    made.content = body.read(body_of(*part));
    auto notes = body.notes();
    std::move(notes.begin(), notes.end(), std::back_inserter(made.content));
    return made;
  });
}

}  // namespace millrace::ingest::formats
