#pragma once

#include "app/screen/listing.hpp"
#include "app/screen/panes.hpp"
#include "app/screen/snapshot.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>

namespace millrace::app {

/// The selected place in a list. It stays at its row when rows come and go, except at the first
/// row, where it follows the newest.
struct cursor {
  std::size_t at = 0;
  /// The first row that is visible.
  std::size_t top = 0;
  std::string id;
};

/// A text is typed that the rows must contain.
struct filter_entry {};

/// The stage is typed that a job is to be replayed from.
struct stage_entry {
  pipeline::job_id job = 0;
  std::string pipeline;
  std::string stage;
};

/// Shall it be done?
struct question {
  std::string text;
  actors::change_order order;
};

struct help_page {};

/// What takes the keys before everything else.
using dialog = std::variant<std::monostate, filter_entry, stage_entry, question, help_page>;

/// All that decides what the screen shows.
struct screen_state {
  std::size_t rows = 24;
  std::size_t columns = 80;
  std::optional<snapshot> seen;
  /// Why no runtime answers; empty while one does.
  std::string waiting;
  screen_query wanted;
  std::map<pane_id, cursor> cursors;
  std::map<pane_id, std::string> filters;
  /// The first visible line of a page of text: a job, or the help.
  std::size_t page_top = 0;
  dialog asks;
  /// The answer to what was done last; until the next key.
  std::string said;
  bool said_well = true;
};

/// Whether the snapshot is out of date: the runtime does not answer, or takes long to.
bool is_old(const screen_state& of, time_point now);

/// The rows of the view that is shown, as filtered.
listing listed(const screen_state& of);

/// The id of the selected row; empty when there is none.
std::string selected_id(const screen_state& of);

/// The stage that is selected; null where none is.
const actors::stage_view* selected_stage(const screen_state& of);

/// The job whose page is open, or else the one that is selected; null where none is.
const actors::job_row* selected_job(const screen_state& of);

/// The page of the job that is open, as far as it is known.
const actors::job_view* open_job(const screen_state& of);

/// What holds for the whole list: filters, and what is wrong with it; may be empty.
std::string note_of(const screen_state& of, const listing& shown);

}  // namespace millrace::app
