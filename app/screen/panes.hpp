#pragma once

#include "app/screen/listing.hpp"
#include "app/screen/picture.hpp"
#include "app/screen/source.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// One view of the screen.
struct pane {
  pane_id id;
  const char* name;
  /// Gets what it shows, beside the runtime, its health and its stages, which are always there.
  void (*fetch)(source& from, const wish& what, picture& into);
  /// What it shows.
  listing (*list)(const picture& of);
};

/// All of them, in the order of the keys 1, 2, ...
const std::vector<pane>& panes();

const pane& find_pane(pane_id id);

/// The stages, as pipelines. Where there are more than `room`, idle ones are left out first.
listing list_stages(const picture& of, std::size_t room);

/// How a row of the stages is called.
std::string stage_row_id(const actors::stage_view& stage);

/// How a state of jobs looks.
tone tone_of(pipeline::job_state state);
tone tone_of_health(std::string_view state);

/// Events, the newest first.
listing list_events(const picture& of);

}  // namespace millrace::app
