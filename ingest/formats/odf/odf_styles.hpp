#pragma once

#include "ingest/formats/xml/xml.hpp"

#include <map>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

/// "Heading_20_1" is "heading 1".
std::string odf_style_name(std::string_view name);

struct odf_style {
  /// In lower case, without escapes.
  std::string name{};
  std::string parent{};
  std::string list_style{};
  /// From 1; 0 for none.
  int outline = 0;
  /// Above the line, below it, or on it.
  int raised = 0;
  bool hides_table = false;
};

struct odf_list_level {
  bool is_numbered = false;
  long start = 1;
};

/// The styles of a file, with what they inherit.
class odf_styles {
 public:
  void add(node root);
  const odf_style& of(std::string_view name) const;
  /// The first style, from this one up its ancestors, for which `test` holds; null without one.
  template <class Test>
  const odf_style* find(std::string_view name, Test&& test) const {
    // As many steps as styles are ever deep: a circle ends.
    for (int steps = 0; steps < 12 && !name.empty(); ++steps) {
      const auto& one = of(name);
      if (test(one))
        return &one;
      name = one.parent;
    }
    return nullptr;
  }
  odf_list_level list_level(std::string_view style, int level) const;

 private:
  void add_styles(node of);

  std::map<std::string, odf_style, std::less<>> styles_;
  std::map<std::string, std::map<int, odf_list_level>, std::less<>> lists_;
};

}  // namespace millrace::ingest::formats
