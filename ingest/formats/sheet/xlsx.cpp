#include "base/unicode/ascii.hpp"
#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/office/package.hpp"
#include "ingest/formats/sheet/number_format.hpp"
#include "ingest/formats/sheet/sheet_cells.hpp"

#include <charconv>
#include <map>
#include <optional>

namespace millrace::ingest::formats {
namespace {

/// The words of a string with runs, without what is written over it to read it aloud.
tree::spans rich_text(node of) {
  tree::spans words;
  for (const auto one : of.children()) {
    if (is(one, "t"))
      append(words, tree::span_kind::text, one.text().get());
    if (!is(one, "r"))
      continue;
    const auto align = attribute(child(one, "rPr", "vertAlign"), "val");
    append(words,
           align == "superscript" ? tree::span_kind::superscript
           : align == "subscript" ? tree::span_kind::subscript
                                  : tree::span_kind::text,
           child(one, "t").text().get());
  }
  return words;
}

/// Row and column from 0 of "C9"; nothing where it is no such name.
std::optional<std::pair<std::size_t, std::size_t>> place_of(std::string_view name) {
  std::size_t column = 0;
  std::size_t i = 0;
  for (; i < name.size() && i < 3 && ascii_lower(name[i]) >= 'a' && ascii_lower(name[i]) <= 'z';
       ++i)
    column = column * 26 + static_cast<std::size_t>(ascii_lower(name[i]) - 'a' + 1);
  const long row = number_of(name.substr(i), 0);
  if (column == 0 || row < 1 || row > 1'048'576)
    return std::nullopt;
  return std::pair{static_cast<std::size_t>(row - 1), column - 1};
}

class workbook {
 public:
  workbook(std::string_view bytes, const read_limits& limits)
      : from_{bytes, limits}, text_left_{limits.max_total_bytes}, cells_left_{limits.max_cells} {}

  tree::document read();

 private:
  void read_styles();
  void read_sheet(const std::string& path, std::string name, tree::document& to);
  void read_comments(const std::string& path, tree::document& to) const;
  std::optional<tree::spans> words_of(node cell);

  package from_;
  std::size_t text_left_;
  std::size_t cells_left_;
  std::vector<tree::spans> strings_;
  std::vector<std::string> formats_;
  bool is_1904_ = false;
};

void workbook::read_styles() {
  const auto part = from_.part(from_.related(from_.main(), "/styles"));
  const node root = part->first_child();
  std::map<long, std::string> named;
  for (const auto one : child(root, "numFmts").children())
    named[number_of(attribute(one, "numFmtId"), 0)] = attribute(one, "formatCode");
  for (const auto one : child(root, "cellXfs").children()) {
    if (!is(one, "xf"))
      continue;
    const long id = number_of(attribute(one, "numFmtId"), 0);
    const auto found = named.find(id);
    formats_.push_back(found == named.end() ? std::string{built_in_format(id)} : found->second);
  }
}

std::optional<tree::spans> workbook::words_of(node cell) {
  const auto type = attribute(cell, "t");
  const auto value = child(cell, "v");
  if (type == "inlineStr")
    return rich_text(child(cell, "is"));
  if (!value)
    return std::nullopt;
  const std::string_view text = value.text().get();
  if (type == "s") {
    const auto index = static_cast<std::size_t>(number_of(text, -1));
    return index < strings_.size() ? std::optional{strings_[index]} : std::nullopt;
  }
  std::string shown{text};
  double number = 0;
  if (type == "b")
    shown = text == "1" ? "TRUE" : "FALSE";
  else if (type.empty() || type == "n") {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto style = static_cast<std::size_t>(number_of(attribute(cell, "s"), 0));
    if (error == std::errc{} && end == text.data() + text.size())
      shown = shown_number(number, style < formats_.size() ? formats_[style] : "", is_1904_);
  }
  return tree::spans{{tree::span_kind::text, std::move(shown)}};
}

void workbook::read_sheet(const std::string& path, std::string name, tree::document& to) {
  const auto part = from_.part(path);
  const node root = part->first_child();
  for (const auto one : child(root, "cols").children())
    if (attribute(one, "hidden") == "1")
      warn(to, "SHEET_PARTS_HIDDEN", "hidden rows or columns of sheets are part of the text");
  sheet_cells sheet{.name = std::move(name)};
  std::size_t row = 0;
  for (const auto one : child(root, "sheetData").children()) {
    if (!is(one, "row"))
      continue;
    const long number = number_of(attribute(one, "r"), 0);
    row = number > 0 ? static_cast<std::size_t>(number) - 1 : row;
    if (attribute(one, "hidden") == "1")
      warn(to, "SHEET_PARTS_HIDDEN", "hidden rows or columns of sheets are part of the text");
    std::size_t column = 0;
    for (const auto cell : one.children()) {
      if (!is(cell, "c"))
        continue;
      if (const auto at = place_of(attribute(cell, "r")))
        column = at->second;
      if (auto words = words_of(cell)) {
        for (const auto& span : *words)
          if (text_left_ < span.text.size())
            fail("FILE_EXPANDS_TOO_MUCH", "the cells of the file repeat too much text: split it");
          else
            text_left_ -= span.text.size();
        sheet.cells.push_back({row, column, std::move(*words)});
      }
      ++column;
    }
    ++row;
  }
  add_sheet(to, std::move(sheet), cells_left_);
  read_comments(path, to);
}

void workbook::read_comments(const std::string& path, tree::document& to) const {
  const auto part = from_.part(from_.related(path, "/comments"));
  for (const auto one : child(part->first_child(), "commentList").children()) {
    auto words = rich_text(child(one, "text"));
    if (!is_blank(words))
      to.content.push_back({tree::footnote{std::string{attribute(one, "ref")},
                                           {{tree::paragraph{std::move(words)}}}}});
  }
}

tree::document workbook::read() {
  tree::document made{.about = from_.about()};
  const auto strings = from_.part(from_.related(from_.main(), "/sharedStrings"));
  for (const auto one : strings->first_child().children())
    if (is(one, "si"))
      strings_.push_back(rich_text(one));
  read_styles();
  const auto part = from_.part(from_.main());
  const node root = part->first_child();
  const auto dates = attribute(child(root, "workbookPr"), "date1904");
  is_1904_ = dates == "1" || dates == "true";
  const auto targets = from_.relations_of(from_.main());
  for (const auto one : child(root, "sheets").children()) {
    if (const auto state = attribute(one, "state"); state == "hidden" || state == "veryHidden") {
      warn(made, "SHEET_HIDDEN", "hidden sheets are left out");
      continue;
    }
    std::string id;
    for (const auto& name : one.attributes())
      if (std::string_view{name.name()}.ends_with(":id"))
        id = name.value();
    if (const auto target = targets.find(id); target != targets.end())
      read_sheet(target->second, std::string{attribute(one, "name")}, made);
  }
  return made;
}

}  // namespace

tree::read_result read_xlsx(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    return workbook{bytes, limits}.read();
  });
}

}  // namespace millrace::ingest::formats
