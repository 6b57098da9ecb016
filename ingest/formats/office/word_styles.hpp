#pragma once

#include "ingest/formats/xml/xml.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

/// What a style says of a paragraph, with what it inherits.
struct word_style {
  /// In lower case.
  std::string name{};
  std::string based_on{};
  /// From 0.
  std::optional<int> outline{};
  std::string numbering{};
  int numbering_level = 0;
};

class word_styles {
 public:
  explicit word_styles(node root);
  /// An empty style for an unknown id.
  const word_style& of(std::string_view id) const;

 private:
  std::map<std::string, word_style, std::less<>> styles_;
};

/// 1 to 6 for the name of a heading's style in the languages of the producers; 0 for others.
int heading_in_name(std::string_view lower_case_name);

/// What stands before a numbered paragraph.
struct word_label {
  bool is_bullet = true;
  long number = 0;
  /// As it is shown, "2.1".
  std::string text{};
};

/// Counts the numbered paragraphs of a document, in its order.
class word_numbering {
 public:
  explicit word_numbering(node root);
  /// Counts a paragraph; nothing where it has no visible label.
  std::optional<word_label> next(std::string_view numbering, int level);

 private:
  struct level_format {
    std::string format{};
    std::string text{};
    long start = 1;
  };
  using levels = std::map<int, level_format>;
  std::map<std::string, levels, std::less<>> abstracts_;
  struct instance {
    std::string abstract{};
    std::map<int, long> starts{};
  };
  std::map<std::string, instance, std::less<>> instances_;
  /// By abstract numbering, which several instances share unless they start again.
  std::map<std::string, std::map<int, long>, std::less<>> counts_;

  std::string shown(const levels& formats, const std::map<int, long>& counts,
                    const std::string& text) const;
};

}  // namespace millrace::ingest::formats
