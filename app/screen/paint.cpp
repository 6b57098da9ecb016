#include "app/screen/paint.hpp"

#include "app/commands/inspect/inspect_views.hpp"
#include "app/screen/layout.hpp"
#include "app/screen/pages.hpp"
#include "app/terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app {
namespace {

constexpr auto separator = "  ";

line header(const screen_state& of, time_point now) {
  line_writer out{of.columns};
  out.put(" millrace", {.bold = true});
  if (!of.seen)
    return out.put(separator).put("not attached yet", {.color = tone::faint}).done();
  const auto& runtime = of.seen->runtime;
  // What does not fit is left out as a whole.
  const auto add = [&](std::string_view text, text_style how = {}) {
    if (out.left() >= display_width(text) + 2)
      out.put(separator).put(text, how);
  };
  if (is_old(of, now))
    add(fmt::format("OLD: as of {} ago",
                    short_duration(std::max<std::int64_t>((now - of.seen->taken_at).count(), 0))),
        {.color = tone::notice, .bold = true});
  add(fmt::format("runtime {}", runtime.runtime_id));
  add(runtime.phase, {.color = runtime.phase == "running" ? tone::plain : tone::notice});
  add(of.seen->health.state, {.color = tone_of_health(of.seen->health.state), .bold = true});
  add(fmt::format("{}/s", per_second(runtime.ended_in_10_s)));
  add(fmt::format("{} of {} in hand", runtime.in_hand, runtime.in_flight_limit));
  add(fmt::format("up {}", short_duration(std::max<std::int64_t>(
                               to_us(of.seen->taken_at) - runtime.started_at_us, 0))));
  add(runtime.database);
  add(fmt::format("{} {}", runtime.host, runtime.pid), {.color = tone::faint});
  return out.done();
}

/// The names of the views with their keys; where they do not fit, only the name of the one that is
/// shown.
line tabs(const screen_state& of) {
  std::size_t wide = 0;
  for (const auto& one : panes())
    wide += 4 + std::string_view{one.name}.size();
  line_writer out{of.columns};
  std::size_t number = 0;
  for (const auto& one : panes()) {
    const bool here = one.id == of.wanted.in;
    ++number;
    const auto text = here || wide <= of.columns ? fmt::format(" {} {} ", number, one.name)
                                                 : fmt::format(" {} ", number);
    out.put(text, {.color = here ? tone::plain : tone::faint, .bold = here, .reverse = here});
  }
  return out.done();
}

/// Rows from `top` on below their head.
void put_list(std::vector<line>& into, const listing& what, std::size_t width, std::size_t rows,
              const cursor* where) {
  const listing_layout layout{what, width};
  into.push_back(layout.head());
  if (what.rows.empty() && rows > 0)
    into.push_back(line_writer{width}.put(" ").put(what.nothing, {.color = tone::faint}).done());
  const auto top = where == nullptr ? 0 : where->top;
  for (auto i = top; i < what.rows.size() && i < top + rows; ++i)
    into.push_back(layout.row(i, where != nullptr && i == where->at));
}

void fill(std::vector<line>& lines, std::size_t count, std::size_t width) {
  lines.resize(std::min(lines.size(), count));
  while (lines.size() < count)
    lines.push_back(line_writer{width}.done());
}

cursor cursor_of(const screen_state& of) {
  const auto at = of.cursors.find(of.wanted.in);
  return at == of.cursors.end() ? cursor{} : at->second;
}

std::vector<line> list_body(const screen_state& of, std::size_t body) {
  const auto shown = listed(of);
  const auto note = note_of(of, shown);
  const auto layout = lay_out_list(body, !note.empty());
  const auto where = cursor_of(of);
  std::vector<line> lines;
  put_list(lines, shown, of.columns, layout.rows, &where);
  if (layout.head == 0)
    lines.erase(lines.begin());
  fill(lines, layout.head + layout.rows, of.columns);
  if (layout.note > 0)
    lines.push_back(line_writer{of.columns}.put(" ").put(note, {.color = tone::notice}).done());
  if (where.at < shown.rows.size() && layout.more > 0) {
    const auto width = of.columns > 2 ? of.columns - 2 : 1;
    const auto parts = wrap(shown.rows[where.at].more, width);
    for (std::size_t i = 0; i < parts.size() && i < layout.more; ++i) {
      const bool cut = i + 1 == layout.more && parts.size() > layout.more;
      lines.push_back(line_writer{of.columns}
                          .put(" ")
                          .put(parts[i] + (cut ? "…" : ""), {.color = tone::faint})
                          .done());
    }
  }
  return lines;
}

/// Those that need a look first, and then those that have been busy.
listing busiest(const snapshot& of) {
  auto sorted = of;
  std::stable_sort(
      sorted.actors.actors.begin(), sorted.actors.actors.end(), [](const auto& a, const auto& b) {
        const auto rank = [](const actors::actor_view& one) {
          return std::tuple{one.state == "working", one.message_age_us == 0, -one.busy_us};
        };
        return rank(a) < rank(b);
      });
  return find_pane(pane_id::actors).list(sorted);
}

std::vector<line> overview_body(const screen_state& of) {
  const auto layout = lay_out_overview(of);
  const auto where = cursor_of(of);
  std::vector<line> lines;
  const auto part = [&](std::size_t count, const listing& what, const cursor* selected = nullptr) {
    if (count == 0)
      return;
    std::vector<line> own;
    put_list(own, what, of.columns, count - 1, selected);
    fill(own, count + layout.gap, of.columns);
    lines.insert(lines.end(), own.begin(), own.end());
  };
  part(layout.stages, listed(of), &where);
  part(layout.health, find_pane(pane_id::health).list(*of.seen));
  part(layout.actors, busiest(*of.seen));
  part(layout.events, list_events(*of.seen));
  return lines;
}

std::vector<line> body(const screen_state& of, std::size_t height) {
  auto page = page_of(of);
  if (!page.empty()) {
    const auto top = std::min(of.page_top, page.size());
    page.erase(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(top));
    return page;
  }
  if (!of.seen || height == 0)
    return {};
  return of.wanted.in == pane_id::overview ? overview_body(of) : list_body(of, height);
}

std::string hints(const screen_state& of) {
  if (of.wanted.job)
    return "q quit  ? help  Esc back  r retry  R replay  c cancel";
  switch (of.wanted.in) {
    case pane_id::overview:
    case pane_id::stages:
      return "q quit  ? help  / filter  Enter its jobs  p pause or resume";
    case pane_id::jobs:
      return "q quit  ? help  / filter  Enter open  s state  r retry  R replay  c cancel";
    case pane_id::events:
      return "q quit  ? help  / filter  Enter its job";
    default:
      return "q quit  ? help  / filter";
  }
}

line typed(const screen_state& of, std::string_view prompt, std::string_view text,
           std::string_view how_on) {
  return line_writer{of.columns}
      .put(" ")
      .put(prompt, {.bold = true})
      .put(text)
      .put(" ", {.reverse = true})
      .put("  ")
      .put(how_on, {.color = tone::faint})
      .done();
}

line status(const screen_state& of) {
  if (const auto* asked = std::get_if<question>(&of.asks))
    // The answer's keys stand first: they must be seen however long the question is.
    return line_writer{of.columns}
        .put(" y/n ", {.bold = true, .reverse = true})
        .put(" ")
        .put(asked->text, {.bold = true})
        .done();
  if (std::holds_alternative<filter_entry>(of.asks)) {
    const auto at = of.filters.find(of.wanted.in);
    return typed(of, "/", at == of.filters.end() ? "" : at->second,
                 "Enter keeps it, Esc shows all");
  }
  if (const auto* entry = std::get_if<stage_entry>(&of.asks))
    return typed(of, fmt::format("replay job {} from ", entry->job), entry->stage,
                 "Up Down choose, Enter goes on, Esc does not");
  line_writer out{of.columns};
  out.put(" ");
  if (!of.said.empty())
    out.put(of.said, {.color = of.said_well ? tone::good : tone::notice, .bold = true});
  else if (!of.waiting.empty())
    out.put("waiting for the runtime: " + of.waiting, {.color = tone::notice, .bold = true});
  else if (std::holds_alternative<help_page>(of.asks))
    out.put("any key goes back", {.color = tone::faint});
  else
    out.put(hints(of), {.color = tone::faint});
  return out.done();
}

void fade(std::vector<line>& lines) {
  for (auto& one : lines)
    for (auto& part : one)
      part.how.color = tone::faint;
}

}  // namespace

std::vector<line> paint(const screen_state& of, time_point now) {
  const auto frame = lay_out_frame(of.rows);
  std::vector<line> lines;
  if (frame.header > 0)
    lines.push_back(header(of, now));
  if (frame.tabs > 0)
    lines.push_back(tabs(of));
  auto middle = body(of, frame.body);
  fill(middle, frame.body, of.columns);
  if (is_old(of, now))
    fade(middle);
  lines.insert(lines.end(), middle.begin(), middle.end());
  if (frame.status > 0)
    lines.push_back(status(of));
  return lines;
}

}  // namespace millrace::app
