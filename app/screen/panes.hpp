#pragma once

#include "app/screen/listing.hpp"
#include "app/screen/runtime_client.hpp"
#include "app/screen/snapshot.hpp"

#include <string>
#include <vector>

namespace millrace::app {

/// One view of the screen.
struct pane {
  pane_id id;
  const char* name;
  /// Gets what it shows, beside the runtime, its health and its stages, which are always there.
  void (*fetch)(runtime_client& from, const screen_query& what, snapshot& into);
  /// What it shows.
  listing (*list)(const snapshot& of);
};

/// All of them, in the order of the keys 1, 2, ...
const std::vector<pane>& panes();

const pane& find_pane(pane_id id);

/// The stages, as pipelines. Where there are more than `room`, idle ones are left out first.
listing list_stages(const snapshot& of, std::size_t room);

/// How a row of the stages is called.
std::string stage_row_id(const actors::stage_view& stage);

/// How a state of jobs looks.
tone tone_of(pipeline::job_state state);
tone tone_of_health(std::string_view state);

/// Events, the newest first.
listing list_events(const snapshot& of);

}  // namespace millrace::app
