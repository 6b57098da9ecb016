#include "ingest/text/csv_tree.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/readers/plain_tree.hpp"
#include "ingest/readers/source_text.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

using csv_row = std::vector<std::string>;

/// Reads rows one after the other. A field in quotes may have separators, line ends and doubled
/// quotes; a quote that is not at the beginning of a field is a character as any other.
class csv_rows {
 public:
  csv_rows(std::string_view text, char separator) : text_(text), separator_(separator) {}

  /// False at the end. Blank lines are skipped.
  bool next(csv_row& row) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
    row.clear();
    if (at_ >= text_.size())
      return false;
    while (field(row.emplace_back())) {
    }
    return true;
  }

  /// Whether quotes are open at the end.
  bool is_cut() const { return is_cut_; }

 private:
  /// Whether another field of the row follows.
  bool field(std::string& into) {
    if (at_ < text_.size() && text_[at_] == '"')
      quoted(into);
    const auto signs = std::string{separator_} + "\r\n";
    const auto end = std::min(text_.find_first_of(signs, at_), text_.size());
    into += text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      return true;
    }
    return false;
  }

  void quoted(std::string& into) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"')
          return;
      }
      into += text_[at_];
    }
    is_cut_ = true;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  bool is_cut_ = false;
};

/// How well the rows agree on a separator.
struct csv_fit {
  char separator = ',';
  std::size_t columns = 0;
  /// Of the rows that were looked at, those with so many fields.
  std::size_t agreeing = 0;
  std::size_t rows = 0;

  bool is_table() const { return columns > 1 && 10 * agreeing >= 7 * rows; }
};

csv_fit fit_of(std::string_view text, char separator) {
  constexpr std::size_t enough_rows = 1000;
  std::map<std::size_t, std::size_t> counts;
  csv_rows rows{text, separator};
  csv_row row;
  csv_fit fit{.separator = separator};
  while (fit.rows < enough_rows && rows.next(row)) {
    ++fit.rows;
    ++counts[row.size()];
  }
  for (const auto& [columns, count] : counts)
    if (columns > 1 && count >= fit.agreeing) {
      fit.columns = columns;
      fit.agreeing = count;
    }
  // Quotes that never close swallow the rest.
  return rows.is_cut() ? csv_fit{} : fit;
}

csv_fit best_fit(std::string_view text, std::string_view separators) {
  csv_fit best;
  for (const char separator : separators) {
    const auto fit = fit_of(text, separator);
    if (fit.is_table() && (!best.is_table() || fit.agreeing > best.agreeing ||
                           (fit.agreeing == best.agreeing && fit.columns > best.columns)))
      best = fit;
  }
  return best;
}

bool is_numeric_field(std::string_view field) {
  return std::any_of(field.begin(), field.end(), is_digit) &&
         field.find_first_not_of("0123456789+-.,eE% \t") == std::string_view::npos;
}

/// Names of columns are no numbers, but for years and the like beside names.
bool is_csv_head(const csv_row& row) {
  const auto numbers = std::count_if(row.begin(), row.end(), is_numeric_field);
  const auto words = std::count_if(row.begin(), row.end(), [](const std::string& field) {
    return !field.empty() && !is_numeric_field(field);
  });
  return words > 0 && (numbers == 0 || !is_numeric_field(row.front()));
}

/// The table, or plain text where a few wide rows would fill up all others with nothing.
tree::document table_of(std::string_view text, const csv_fit& fit) {
  constexpr std::size_t most_filled_up = 100'000;
  tree::table table;
  csv_rows rows{text, fit.separator};
  csv_row row;
  std::size_t columns = 0;
  std::size_t fields = 0;
  std::vector<std::size_t> widths;
  while (rows.next(row)) {
    if (table.rows.empty())
      table.head_rows = is_csv_head(row) ? 1 : 0;
    auto& cells = table.rows.emplace_back();
    cells.reserve(row.size());
    for (auto& field : row)
      cells.push_back(field.empty() ? tree::spans{}
                                    : tree::spans{{tree::span_kind::text, std::move(field)}});
    columns = std::max(columns, row.size());
    fields += row.size();
    widths.push_back(row.size());
  }
  if (columns * widths.size() > 2 * fields + most_filled_up)
    return plain_tree(text);
  const auto other = std::count_if(widths.begin(), widths.end(),
                                   [&](std::size_t width) { return width != widths.front(); });
  for (auto& cells : table.rows)
    cells.resize(columns);
  if (table.rows.size() == 1)
    table.head_rows = 0;
  tree::document made;
  if (other > 0)
    made.warnings.push_back({"TABLE_IRREGULAR",
                             "rows with another number of fields than the first one were filled up",
                             static_cast<std::int64_t>(other)});
  tree::block block;
  block.from.end = static_cast<std::int64_t>(text.size());
  block.content = std::move(table);
  made.content.push_back(std::move(block));
  return made;
}

tree::document separated_tree(std::string_view text, std::string_view separators) {
  // Excel writes this line for itself.
  if (text.starts_with("sep=") && text.size() > 5 && (text[5] == '\r' || text[5] == '\n')) {
    const auto separator = text.substr(4, 1);
    const auto rest = text.substr(5);
    if (const auto fit = best_fit(rest, separator); fit.is_table())
      return table_of(rest, fit);
  }
  const auto fit = best_fit(text, separators);
  if (fit.is_table())
    return table_of(text, fit);
  return plain_tree(text);
}

tree::read_result read_separated(const tree::source_file& file, std::string_view separators) {
  const auto text = source_text(file);
  if (const auto* wrong = std::get_if<tree::unreadable>(&text))
    return *wrong;
  const auto& known = std::get<decoded_text>(text);
  auto made = separated_tree(known.text, separators);
  warn_of_encoding(known, made);
  return made;
}

}  // namespace

tree::read_result read_csv(const tree::source_file& file) { return read_separated(file, ",;\t|"); }

tree::read_result read_tsv(const tree::source_file& file) { return read_separated(file, "\t"); }

}  // namespace millrace::ingest
