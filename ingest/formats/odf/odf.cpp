#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/odf/odf_file.hpp"
#include "ingest/formats/sheet/sheet_cells.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::ingest::formats {
namespace {

void move_to(tree::blocks& to, tree::blocks&& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// Reads sheets, whose repeated cells and rows cost what they hold.
class sheet_reader {
 public:
  sheet_reader(const odf_file& from, tree::document& to)
      : from_{from},
        to_{to},
        body_{from},
        cells_left_{from.limits().max_cells},
        text_left_{from.limits().max_total_bytes} {}

  void read(node table) {
    const auto style = attribute(table, "style-name");
    if (from_.styles().of(style).hides_table) {
      warn(to_, "SHEET_HIDDEN", "hidden sheets are left out");
      return;
    }
    sheet_ = {.name = std::string{attribute(table, "name")}};
    row_ = 0;
    read_rows(table);
    auto left = from_.limits().max_cells;
    add_sheet(to_, std::move(sheet_), left);
    move_to(to_.content, body_.take_notes());
  }

 private:
  static std::size_t times(node at, const char* name) {
    return static_cast<std::size_t>(
        std::clamp<long>(number_of(attribute(at, name), 1), 1, 10'000'000));
  }

  void read_rows(node of) {
    for (const auto at : of.children()) {
      const auto name = local(at);
      if (name == "table-row")
        read_row(at);
      else if (name == "table-rows" || name == "table-row-group" || name == "table-header-rows")
        read_rows(at);
    }
  }

  void read_row(node at) {
    if (const auto seen = attribute(at, "visibility"); seen == "collapse" || seen == "filter")
      warn(to_, "SHEET_PARTS_HIDDEN", "hidden rows or columns of sheets are part of the text");
    const auto begin = sheet_.cells.size();
    std::size_t column = 0;
    for (const auto cell : at.children()) {
      const auto many = times(cell, "number-columns-repeated");
      if (is(cell, "table-cell")) {
        auto words = flatten(body_.read(cell));
        if (!is_blank(words))
          for (std::size_t i = 0; i < many; ++i)
            add(row_, column + i, words);
      }
      if (is(cell, "table-cell") || is(cell, "covered-table-cell"))
        column += many;
    }
    const auto end = sheet_.cells.size();
    const auto many = times(at, "number-rows-repeated");
    if (end > begin)
      for (std::size_t i = 1; i < many; ++i)
        for (auto j = begin; j < end; ++j)
          add(row_ + i, sheet_.cells[j].column, sheet_.cells[j].words);
    row_ += many;
  }

  /// The words are copied before the cells may move.
  void add(std::size_t row, std::size_t column, tree::spans words) {
    std::size_t size = 0;
    for (const auto& one : words)
      size += one.text.size();
    if (cells_left_ == 0 || text_left_ < size)
      fail("FILE_EXPANDS_TOO_MUCH", "the sheets of the file repeat too many cells: split it");
    --cells_left_;
    text_left_ -= size;
    sheet_.cells.push_back({row, column, std::move(words)});
  }

  const odf_file& from_;
  tree::document& to_;
  odf_body body_;
  sheet_cells sheet_;
  std::size_t row_ = 0;
  std::size_t cells_left_;
  std::size_t text_left_;
};

tree::blocks read_slide(node page, odf_body& body) {
  tree::blocks titles;
  tree::blocks content;
  tree::quote notes;
  for (const auto at : page.children()) {
    const auto kind = attribute(at, "class");
    if (is(at, "notes")) {
      for (const auto frame : at.children())
        if (attribute(frame, "class") == "notes")
          move_to(notes.content, body.read(frame));
      continue;
    }
    if (kind == "header" || kind == "footer" || kind == "page-number" || kind == "date-time")
      continue;
    if (kind == "title") {
      auto words = flatten(body.read(child(at, "text-box")));
      if (!is_blank(words))
        titles.push_back({tree::heading{1, std::move(words)}});
      continue;
    }
    move_to(content, body.read_one(at));
  }
  move_to(titles, std::move(content));
  if (!notes.content.empty())
    titles.push_back({std::move(notes), {.part = "notes"}});
  return titles;
}

}  // namespace

tree::read_result read_odt(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const odf_file from{bytes, limits};
    tree::document made{.about = from.about()};
    odf_body body{from};
    made.content = body.read(from.body());
    move_to(made.content, body.take_notes());
    return made;
  });
}

tree::read_result read_ods(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const odf_file from{bytes, limits};
    tree::document made{.about = from.about()};
    sheet_reader reader{from, made};
    for (const auto one : from.body().children())
      if (is(one, "table"))
        reader.read(one);
    return made;
  });
}

tree::read_result read_odp(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const odf_file from{bytes, limits};
    tree::document made{.about = from.about()};
    odf_body body{from};
    std::int32_t number = 0;
    for (const auto page : from.body().children()) {
      if (!is(page, "page"))
        continue;
      ++number;
      tree::blocks slide;
      if (number > 1)
        slide.push_back({tree::page_break{}});
      move_to(slide, read_slide(page, body));
      move_to(slide, body.take_notes());
      for (auto& one : slide)
        one.from.first_page = one.from.last_page = number;
      move_to(made.content, std::move(slide));
    }
    return made;
  });
}

}  // namespace millrace::ingest::formats
