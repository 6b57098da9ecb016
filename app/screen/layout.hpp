#pragma once

#include "app/screen/state.hpp"

#include <cstddef>

/// Which lines of the screen are whose, for any size.
namespace millrace::app {

struct frame_layout {
  std::size_t header = 0;
  std::size_t tabs = 0;
  std::size_t body = 0;
  std::size_t status = 0;
};

frame_layout lay_out_frame(std::size_t rows);

/// Of a body: a list with its head, a note, and what the selected row has to add.
struct list_layout {
  std::size_t head = 0;
  std::size_t rows = 0;
  std::size_t note = 0;
  std::size_t more = 0;
};

list_layout lay_out_list(std::size_t body, bool has_note);

/// Of the body of the overview: lines of each part, its head included; 0 for one that is left out.
struct overview_layout {
  std::size_t stages = 0;
  std::size_t actors = 0;
  std::size_t health = 0;
  std::size_t events = 0;
  /// Blank lines after each part but the last.
  std::size_t gap = 0;
};

overview_layout lay_out_overview(std::size_t body, std::size_t stages, std::size_t actors,
                                 std::size_t reasons);

/// The overview of what is shown now.
overview_layout lay_out_overview(const screen_state& of);

/// Rows that the list on the screen has room for.
std::size_t visible_rows(const screen_state& of);

}  // namespace millrace::app
