#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/office/package.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace millrace::ingest::formats {
namespace {

class slide_reader {
 public:
  slide_reader(const read_limits& limits, std::int32_t page) : limits_{limits}, page_{page} {}

  tree::blocks read(node tree_of_shapes) {
    read_shapes(tree_of_shapes);
    // The order of reading: by the upper edge, then the left one. Shapes without a place of their
    // own are placeholders, which come where they are.
    std::stable_sort(shapes_.begin(), shapes_.end(),
                     [](const shape& a, const shape& b) { return a.rank < b.rank; });
    tree::blocks all;
    for (auto& one : shapes_)
      std::move(one.content.begin(), one.content.end(), std::back_inserter(all));
    for (auto& one : all)
      one.from.first_page = one.from.last_page = page_;
    return all;
  }

 private:
  struct shape {
    /// Titles, then placeholders, then the others by place.
    std::array<long, 3> rank{};
    tree::blocks content{};
  };

  void read_shapes(node of) {
    for (const auto at : of.children()) {
      const auto name = local(at);
      if (name == "grpSp")
        read_shapes(at);
      else if (name == "AlternateContent") {
        const auto choice = child(at, "Choice");
        read_shapes(choice ? choice : child(at, "Fallback"));
      } else if (name == "sp" || name == "graphicFrame" || name == "pic" || name == "cxnSp")
        read_shape(at);
    }
  }

  void read_shape(node at) {
    shape made;
    node properties;
    for (const auto one : at.children())
      if (local(one).starts_with("nv"))
        properties = one;
    const auto placeholder = descendant(properties, "ph");
    const auto type = attribute(placeholder, "type");
    // What repeats on every slide.
    if (type == "ftr" || type == "hdr" || type == "sldNum" || type == "dt")
      return;
    const bool is_title = type == "title" || type == "ctrTitle";
    auto place = child(child(at, "spPr", "xfrm"), "off");
    if (!place)
      place = child(child(at, "xfrm"), "off");
    made.rank = {is_title      ? 0
                 : placeholder ? 1
                               : 2,
                 number_of(attribute(place, "y"), 0), number_of(attribute(place, "x"), 0)};
    if (const auto table = descendant(at, "tbl"))
      read_table(table, made.content);
    else if (const auto text = child(at, "txBody"))
      read_text(text, is_title ? 1 : 0, placeholder && !is_title && type != "subTitle",
                made.content);
    if (is(at, "pic") || is(at, "graphicFrame")) {
      const auto words = attribute(child(properties, "cNvPr"), "descr");
      if (!words.empty())
        made.content.push_back({tree::image{std::string{words}}});
    }
    if (!made.content.empty())
      shapes_.push_back(std::move(made));
  }

  tree::spans read_words(node paragraph) {
    tree::spans words;
    for (const auto one : paragraph.children()) {
      if (is(one, "r") || is(one, "fld")) {
        const long raised = number_of(attribute(child(one, "rPr"), "baseline"), 0);
        append(words,
               raised > 0   ? tree::span_kind::superscript
               : raised < 0 ? tree::span_kind::subscript
                            : tree::span_kind::text,
               child(one, "t").text().get());
      } else if (is(one, "br")) {
        words.push_back({tree::span_kind::line_break, {}});
      } else if (const auto math = is(one, "oMath") ? one : descendant(one, "oMath")) {
        append(words, tree::span_kind::formula, tex_of(math));
      }
    }
    return words;
  }

  /// Paragraphs of a body are list items where they are more than one, as the layouts show them.
  void read_text(node body, int title_level, bool is_body, tree::blocks& to) {
    long number = 0;
    for (const auto one : body.children()) {
      if (!is(one, "p"))
        continue;
      auto words = read_words(one);
      if (is_blank(words))
        continue;
      const auto properties = child(one, "pPr");
      const int level =
          static_cast<int>(std::clamp<long>(number_of(attribute(properties, "lvl"), 0), 0, 8));
      const auto counted = child(properties, "buAutoNum");
      const bool bullet = child(properties, "buChar") || child(properties, "buBlip") || counted;
      if (title_level > 0) {
        to.push_back({tree::heading{title_level, std::move(words)}});
      } else if (bullet || (is_body && !child(properties, "buNone"))) {
        tree::list_item item;
        const long start = number_of(attribute(counted, "startAt"), 1);
        if (counted)
          item.number = level == 0 ? start + number++ : start;
        item.content.push_back({tree::paragraph{std::move(words)}});
        add_item(to, level, std::move(item));
      } else {
        to.push_back({tree::paragraph{std::move(words)}});
      }
    }
  }

  void read_table(node at, tree::blocks& to) {
    tree::table table;
    table.head_rows = attribute(child(at, "tblPr"), "firstRow") == "1" ? 1 : 0;
    for (const auto row : at.children()) {
      if (!is(row, "tr"))
        continue;
      auto& cells = table.rows.emplace_back();
      for (const auto cell : row.children()) {
        if (!is(cell, "tc"))
          continue;
        if (++cells_ > limits_.max_cells)
          fail("FILE_EXPANDS_TOO_MUCH", "the tables of the file have too many cells: split it");
        tree::blocks content;
        // The places that a merged cell covers are cells of their own.
        if (attribute(cell, "hMerge") != "1" && attribute(cell, "vMerge") != "1")
          read_text(child(cell, "txBody"), 0, false, content);
        cells.push_back(flatten(content));
      }
    }
    square(table);
    if (!table.rows.empty())
      to.push_back({std::move(table)});
  }

  const read_limits& limits_;
  std::int32_t page_;
  std::vector<shape> shapes_;
  std::size_t cells_ = 0;
};

void read_notes(const package& from, const std::string& path, std::int32_t page, tree::blocks& to) {
  const auto part = from.part(from.related(path, "/notesSlide"));
  const auto shapes = child(child(part->first_child(), "cSld"), "spTree");
  tree::quote notes;
  for (auto& one : slide_reader{from.limits(), page}.read(shapes))
    // A body's paragraphs are no list here.
    if (auto* items = std::get_if<tree::list>(&one.content))
      for (auto& item : items->items)
        std::move(item.content.begin(), item.content.end(), std::back_inserter(notes.content));
    else if (!std::holds_alternative<tree::image>(one.content))
      notes.content.push_back(std::move(one));
  if (!notes.content.empty())
    to.push_back({std::move(notes), {.first_page = page, .last_page = page, .part = "notes"}});
}

}  // namespace

tree::read_result read_pptx(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const package from{bytes, limits};
    tree::document made{.about = from.about()};
    const auto part = from.part(from.main());
    const auto targets = from.relations_of(from.main());
    std::int32_t page = 0;
    for (const auto one : child(part->first_child(), "sldIdLst").children()) {
      std::string id;
      for (const auto& name : one.attributes())
        if (std::string_view{name.name()}.ends_with(":id"))
          id = name.value();
      const auto target = targets.find(id);
      if (target == targets.end())
        continue;
      ++page;
      const auto slide = from.part(target->second);
      if (attribute(slide->first_child(), "show") == "0")
        warn(made, "SLIDE_HIDDEN", "hidden slides are part of the text");
      if (page > 1)
        made.content.push_back({tree::page_break{}, {.first_page = page, .last_page = page}});
      auto content =
          slide_reader{limits, page}.read(child(child(slide->first_child(), "cSld"), "spTree"));
      std::move(content.begin(), content.end(), std::back_inserter(made.content));
      read_notes(from, target->second, page, made.content);
    }
    return made;
  });
}

}  // namespace millrace::ingest::formats
