#pragma once

#include "app/screen/style.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::app {

struct listed_column {
  std::string title;
  /// Numbers stand at the right.
  bool right = false;
  /// May be cut, down to `at_least` columns, where there is no room.
  bool elastic = false;
  /// Numbers that come and go shall not move what stands beside them.
  std::size_t at_least = 0;
  /// Where cutting is not enough, the column that matters least is left out.
  int importance = 100;
  /// Before it is cut below this, columns of an importance below `extra` are left out.
  std::size_t rather = 0;

  static constexpr int extra = 50;
};

struct listed_cell {
  std::string text;
  tone how = tone::plain;
};

struct listed_row {
  /// What the row is about, the same in every snapshot.
  std::string id;
  std::vector<listed_cell> cells;
  /// What does not fit into the row; shown when it is selected.
  std::string more;
};

/// A table on the screen.
struct listing {
  std::vector<listed_column> columns;
  std::vector<listed_row> rows;
  /// Holds for all of it; may be empty.
  std::string note;
  /// Instead of rows, when there are none.
  std::string nothing;
};

/// The rows that contain the text in a cell or in their id, whatever the case.
listing filtered(listing all, const std::string& text);

/// A listing in a width: the places of its columns.
class listing_layout {
 public:
  listing_layout(const listing& of, std::size_t width);

  line head() const;
  line row(std::size_t at, bool selected) const;

 private:
  std::size_t total() const;
  void give_way();
  std::size_t spare(bool gladly) const;
  void cut(std::size_t excess, bool gladly);
  bool drop_least(int below);

  const listing& of_;
  std::size_t width_;
  /// 0 for a column that is left out.
  std::vector<std::size_t> widths_;
};

}  // namespace millrace::app
