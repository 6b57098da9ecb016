#include "ingest/formats/odf/odf_styles.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>

namespace millrace::ingest::formats {
std::string odf_style_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name.substr(i, 4) == "_20_") {
      out += ' ';
      i += 3;
    } else {
      out += name[i] == '_' ? ' ' : ascii_lower(name[i]);
    }
  return out;
}

void odf_styles::add(node root) {
  for (const auto section : root.children())
    if (is(section, "styles") || is(section, "automatic-styles"))
      add_styles(section);
}

void odf_styles::add_styles(node of) {
  for (const auto one : of.children()) {
    if (is(one, "list-style")) {
      // Each part has automatic styles of its own: those of the content are read first.
      std::map<int, odf_list_level> levels;
      for (const auto level : one.children())
        if (local(level).starts_with("list-level-style"))
          levels[static_cast<int>(number_of(attribute(level, "level"), 1))] = {
              is(level, "list-level-style-number") && !attribute(level, "num-format").empty(),
              number_of(attribute(level, "start-value"), 1)};
      lists_.emplace(attribute(one, "name"), std::move(levels));
    }
    if (!is(one, "style"))
      continue;
    const auto name = attribute(one, "name");
    odf_style style{
        .name = odf_style_name(name),
        .parent = std::string{attribute(one, "parent-style-name")},
        .list_style = std::string{attribute(one, "list-style-name")},
        .outline = static_cast<int>(number_of(attribute(one, "default-outline-level"), 0))};
    const auto position = attribute(child(one, "text-properties"), "text-position");
    if (position.starts_with("sub") || position.starts_with('-'))
      style.raised = -1;
    else if (!position.empty() && !position.starts_with("0%"))
      style.raised = 1;
    style.hides_table = attribute(child(one, "table-properties"), "display") == "false";
    styles_.emplace(name, std::move(style));
  }
}

const odf_style& odf_styles::of(std::string_view name) const {
  static const odf_style none;
  const auto found = styles_.find(name);
  return found == styles_.end() ? none : found->second;
}

odf_list_level odf_styles::list_level(std::string_view style, int level) const {
  const auto found = lists_.find(style);
  if (found == lists_.end())
    return {};
  const auto at = found->second.find(level);
  return at == found->second.end() ? odf_list_level{} : at->second;
}

}  // namespace millrace::ingest::formats
