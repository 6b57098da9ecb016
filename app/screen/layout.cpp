#include "app/screen/layout.hpp"

#include <algorithm>

namespace millrace::app {

frame_layout lay_out_frame(std::size_t rows) {
  constexpr std::size_t enough_for_tabs = 6;
  frame_layout out;
  out.header = rows >= 1 ? 1 : 0;
  out.status = rows >= 2 ? 1 : 0;
  out.tabs = rows >= enough_for_tabs ? 1 : 0;
  out.body = rows - out.header - out.status - out.tabs;
  return out;
}

list_layout lay_out_list(std::size_t body, bool has_note) {
  list_layout out;
  out.head = body >= 2 ? 1 : 0;
  out.note = has_note && body >= 4 ? 1 : 0;
  out.more = body >= 16 ? 2 : body >= 8 ? 1 : 0;
  out.rows = body - out.head - out.note - out.more;
  return out;
}

overview_layout lay_out_overview(std::size_t body, std::size_t stages, std::size_t actors,
                                 std::size_t reasons) {
  // A few of the actors and of the events, whatever else there is.
  constexpr std::size_t few_actors = 4;
  constexpr std::size_t few_events = 5;
  constexpr std::size_t roomy = 30;
  overview_layout out;
  out.gap = body >= roomy ? 1 : 0;
  auto left = body;
  const auto take = [&](std::size_t lines) {
    // A head without a row under it says nothing.
    const auto taken = std::min(lines, left) < 2 ? 0 : std::min(lines, left);
    left -= std::min(left, taken == 0 ? 0 : taken + out.gap);
    return taken;
  };
  if (reasons > 0 && body >= 8)
    out.health = take(1 + std::min<std::size_t>(reasons, 3));
  const auto beside = few_actors + few_events;
  const auto most = std::max(left > beside ? left - beside : 0, (left + 1) / 2);
  out.stages = take(std::min(1 + stages, std::max<std::size_t>(most, 2)));
  if (left >= few_actors)
    out.actors = take(std::min(1 + actors, std::max(few_actors, left / 2)));
  out.events = take(left);
  return out;
}

overview_layout lay_out_overview(const screen_state& of) {
  const auto body = lay_out_frame(of.rows).body;
  if (!of.seen)
    return {};
  return lay_out_overview(body, std::max<std::size_t>(of.seen->stages.stages.size(), 1),
                          of.seen->actors.actors.size(), of.seen->health.reasons.size());
}

std::size_t visible_rows(const screen_state& of) {
  if (of.wanted.in == pane_id::overview) {
    const auto stages = lay_out_overview(of).stages;
    return stages == 0 ? 0 : stages - 1;
  }
  const auto shown = listed(of);
  return lay_out_list(lay_out_frame(of.rows).body, !note_of(of, shown).empty()).rows;
}

}  // namespace millrace::app
