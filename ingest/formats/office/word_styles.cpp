#include "ingest/formats/office/word_styles.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/formats/build.hpp"

#include <algorithm>

namespace millrace::ingest::formats {

int heading_in_name(std::string_view name) {
  if (name == "title")
    return 1;
  if (name.empty() || !is_digit(name.back()) || name.back() == '0')
    return 0;
  const int level = name.back() - '0';
  name.remove_suffix(1);
  while (name.ends_with(' ') || name.ends_with('_'))
    name.remove_suffix(1);
  // ASCII is lower already; other letters stand in both cases.
  for (const std::string_view one :
       {"heading", "überschrift", "Überschrift", "titre",    "título",  "Título",    "titolo",
        "kop",     "rubrik",      "overskrift",  "nagłówek", "nadpis",  "Заголовок", "заголовок",
        "标题",    "標題",        "見出し",      "제목",     "otsikko", "başlık",    "cím"})
    if (name == one)
      return heading_level(level);
  return 0;
}

word_styles::word_styles(node root) {
  for (const auto one : root.children()) {
    if (!is(one, "style"))
      continue;
    word_style style{.name = in_lower_case(attribute(child(one, "name"), "val")),
                     .based_on = std::string{attribute(child(one, "basedOn"), "val")}};
    const auto properties = child(one, "pPr");
    if (const auto outline = child(properties, "outlineLvl"))
      style.outline = static_cast<int>(number_of(attribute(outline, "val"), 9));
    if (const auto numbers = child(properties, "numPr")) {
      style.numbering = attribute(child(numbers, "numId"), "val");
      style.numbering_level =
          static_cast<int>(number_of(attribute(child(numbers, "ilvl"), "val"), 0));
    }
    styles_.emplace(attribute(one, "styleId"), std::move(style));
  }
  // What is inherited, over so many steps that a circle ends.
  for (auto& [id, style] : styles_) {
    auto base = style.based_on;
    for (int steps = 0; steps < 12 && !base.empty(); ++steps) {
      const auto& parent = of(base);
      if (!style.outline && heading_in_name(style.name) == 0) {
        style.outline = parent.outline;
        if (const int level = heading_in_name(parent.name); !style.outline && level > 0)
          style.outline = level - 1;
      }
      if (style.numbering.empty()) {
        style.numbering = parent.numbering;
        style.numbering_level = parent.numbering_level;
      }
      base = parent.based_on;
    }
  }
}

const word_style& word_styles::of(std::string_view id) const {
  static const word_style none;
  const auto found = styles_.find(id);
  return found == styles_.end() ? none : found->second;
}

word_numbering::word_numbering(node root) {
  for (const auto one : root.children()) {
    if (is(one, "abstractNum")) {
      auto& formats = abstracts_[std::string{attribute(one, "abstractNumId")}];
      for (const auto level : one.children())
        if (is(level, "lvl"))
          formats[static_cast<int>(number_of(attribute(level, "ilvl"), 0))] = {
              std::string{attribute(child(level, "numFmt"), "val")},
              std::string{attribute(child(level, "lvlText"), "val")},
              number_of(attribute(child(level, "start"), "val"), 1)};
    } else if (is(one, "num")) {
      auto& made = instances_[std::string{attribute(one, "numId")}];
      made.abstract = attribute(child(one, "abstractNumId"), "val");
      for (const auto other : one.children())
        if (const auto start = child(other, "startOverride"))
          made.starts[static_cast<int>(number_of(attribute(other, "ilvl"), 0))] =
              number_of(attribute(start, "val"), 1);
    }
  }
}

std::optional<word_label> word_numbering::next(std::string_view numbering, int level) {
  const auto found = instances_.find(numbering);
  if (found == instances_.end() || level < 0 || level > 8)
    return std::nullopt;
  auto& made = found->second;
  const auto& formats = abstracts_[made.abstract];
  const auto format = formats.find(level);
  const auto kind = format == formats.end() ? std::string{"bullet"} : format->second.format;
  auto& counts = counts_[made.abstract];
  const auto start = made.starts.find(level);
  if (start != made.starts.end()) {
    // An instance that starts again does so once.
    counts[level] = start->second;
    made.starts.erase(start);
  } else if (const auto count = counts.find(level); count != counts.end()) {
    if (count->second < 1'000'000'000)
      ++count->second;
  } else {
    counts[level] = format == formats.end() ? 1 : format->second.start;
  }
  counts.erase(counts.upper_bound(level), counts.end());
  if (kind == "none")
    return std::nullopt;
  if (kind == "bullet")
    return word_label{};
  return word_label{false, counts[level], shown(formats, counts, format->second.text)};
}

std::string word_numbering::shown(const levels& formats, const std::map<int, long>& counts,
                                  const std::string& text) const {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 1 == text.size() || !is_digit(text[i + 1])) {
      out += text[i];
      continue;
    }
    const int level = text[++i] - '1';
    const auto count = counts.find(level);
    const auto format = formats.find(level);
    const long number = count == counts.end() ? 1 : count->second;
    const std::string kind = format == formats.end() ? "decimal" : format->second.format;
    auto digits = kind.ends_with("Roman")    ? roman(number)
                  : kind.ends_with("Letter") ? letters(number)
                                             : std::to_string(number);
    if (kind.starts_with("upper"))
      std::transform(digits.begin(), digits.end(), digits.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out += digits;
  }
  return out;
}

}  // namespace millrace::ingest::formats
