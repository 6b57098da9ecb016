#include "ingest/text/rst_tree.hpp"

#include "ingest/readers/source_text.hpp"
#include "ingest/text/text_blocks.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::ingest {
namespace {

/// Reads lines one after the other.
class rst_reader {
 public:
  explicit rst_reader(std::string_view text) : lines_(lines_of(text)) {}

  tree::blocks run() {
    while (at_ < lines_.size())
      if (!title() && !directive())
        plain_line();
    return out_.take();
  }

 private:
  bool is_after_blank() const { return at_ == 0 || lines_[at_ - 1].is_blank() || after_title_; }

  std::string_view text_at(std::size_t i) const {
    return i < lines_.size() ? lines_[i].text : std::string_view{};
  }

  /// A title over a line of one sign that is as long, with or without the same line above.
  bool title() {
    const bool is_between = only_sign(text_at(at_), 2) != '\0';
    const auto words = text_at(at_ + (is_between ? 1 : 0));
    const auto below = text_at(at_ + (is_between ? 2 : 1));
    const char sign = only_sign(below, 2);
    if (!is_after_blank() || sign == '\0' || words.empty() || only_sign(words, 3) != '\0' ||
        (is_between && below != text_at(at_)) || (!is_between && words[0] == ' ') ||
        below.size() + (below.size() > 3 ? 1 : 0) < columns_of(without_blanks(words)))
      return false;
    out_.heading(level_of(sign, is_between), without_blanks(words),
                 lines_[at_ + (is_between ? 1 : 0)]);
    at_ += is_between ? 3 : 2;
    after_title_ = true;
    return true;
  }

  /// The first style that a text uses is that of level 1, the second that of level 2.
  int level_of(char sign, bool is_between) {
    const std::pair style{sign, is_between};
    auto at = std::find(styles_.begin(), styles_.end(), style);
    if (at == styles_.end())
      at = styles_.insert(at, style);
    return static_cast<int>(at - styles_.begin()) + 1;
  }

  /// `.. code-block:: python` and its like.
  bool directive() {
    const auto words = without_blanks(text_at(at_));
    for (const std::string_view name :
         {".. code-block::", ".. sourcecode::", ".. code::", ".. parsed-literal::"}) {
      if (!words.starts_with(name))
        continue;
      const auto indentation = lines_[at_].indentation();
      std::string language{without_blanks(words.substr(name.size()))};
      if (name == ".. parsed-literal::")
        language.clear();
      ++at_;
      while (text_at(at_).size() > indentation && without_blanks(text_at(at_)).starts_with(':'))
        ++at_;
      indented_code(indentation, std::move(language));
      return true;
    }
    return false;
  }

  /// A paragraph that ends in `::` has code after it.
  void plain_line() {
    after_title_ = false;
    const auto line = lines_[at_++];
    out_.line(line);
    const bool is_last = text_at(at_).empty();
    if (is_last && line.text.ends_with("::") && !without_blanks(line.text).starts_with(".. "))
      indented_code(line.indentation(), {});
  }

  void indented_code(std::size_t more_than, std::string language) {
    std::vector<text_line> code;
    auto end = at_;
    for (auto i = at_; i < lines_.size(); ++i) {
      if (lines_[i].is_blank())
        continue;
      if (lines_[i].indentation() <= more_than)
        break;
      end = i + 1;
    }
    code.assign(lines_.begin() + static_cast<std::ptrdiff_t>(at_),
                lines_.begin() + static_cast<std::ptrdiff_t>(end));
    at_ = end;
    out_.code(code, std::move(language));
  }

  std::vector<text_line> lines_;
  std::size_t at_ = 0;
  bool after_title_ = false;
  std::vector<std::pair<char, bool>> styles_;
  text_blocks out_;
};

}  // namespace

tree::read_result read_rst(const tree::source_file& file) {
  const auto text = source_text(file);
  if (const auto* wrong = std::get_if<tree::unreadable>(&text))
    return *wrong;
  const auto& known = std::get<decoded_text>(text);
  tree::document made;
  made.content = rst_reader{known.text}.run();
  warn_of_encoding(known, made);
  return made;
}

}  // namespace millrace::ingest
