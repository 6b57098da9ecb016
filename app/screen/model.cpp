#include "app/screen/model.hpp"

#include "app/screen/layout.hpp"
#include "app/screen/pages.hpp"
#include "base/unicode/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app {
namespace {

bool is_text(key pressed) { return pressed >= 0x20 && pressed < keys::up && pressed != 0x7F; }

void erase_last_character(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
    text.pop_back();
  if (!text.empty())
    text.pop_back();
}

/// Types the key; false if it neither writes nor erases.
bool type(std::string& into, key pressed) {
  if (pressed == keys::backspace)
    erase_last_character(into);
  else if (is_text(pressed))
    utf8::append(into, pressed);
  else
    return false;
  return true;
}

/// Where a key moves in a list of `count`, of which `page` are visible.
std::size_t moved(std::size_t at, key pressed, std::size_t count, std::size_t page) {
  const auto last = count == 0 ? 0 : count - 1;
  switch (pressed) {
    case keys::up:
    case U'k':
      return at == 0 ? 0 : at - 1;
    case keys::down:
    case U'j':
      return std::min(at + 1, last);
    case keys::page_up:
      return at - std::min(at, page);
    case keys::page_down:
      return std::min(at + page, last);
    case keys::home:
    case U'g':
      return 0;
    case keys::end:
    case U'G':
      return last;
    default:
      return at;
  }
}

bool moves(key pressed) {
  return (pressed >= keys::up && pressed <= keys::end) || pressed == U'j' || pressed == U'k' ||
         pressed == U'g' || pressed == U'G';
}

/// The stage of the pipeline that comes `by` places after the one named, round and round.
std::string stage_beside(const snapshot& in, const stage_entry& entry, std::ptrdiff_t by) {
  std::vector<std::string> names;
  for (const auto& one : in.stages.stages)
    if (one.pipeline == entry.pipeline)
      names.push_back(one.stage);
  if (names.empty())
    return entry.stage;
  const auto count = static_cast<std::ptrdiff_t>(names.size());
  const auto at = std::find(names.begin(), names.end(), entry.stage) - names.begin();
  const auto from = at == count ? (by > 0 ? -1 : 0) : at;
  return names[static_cast<std::size_t>((from + by + count) % count)];
}

}  // namespace

void screen_model::resize(std::size_t rows, std::size_t columns) {
  state_.rows = rows;
  state_.columns = columns;
  settle_cursor(true);
}

void screen_model::show(snapshot newest) {
  state_.waiting.clear();
  state_.seen = std::move(newest);
  settle_cursor(true);
}

void screen_model::lose(std::string why) {
  if (state_.waiting.empty())
    state_.said.clear();
  state_.waiting = std::move(why);
  // What was asked was asked about this runtime; the next one may be another.
  if (std::holds_alternative<question>(state_.asks))
    state_.asks = {};
}

void screen_model::hear(const actors::order_answer& answer) {
  state_.said = answer.text;
  state_.said_well = answer.done;
}

response screen_model::press(key pressed) {
  state_.said.clear();
  // A copy: what answers may put another dialog in its place.
  const auto asks = state_.asks;
  return std::visit([&](const auto& one) { return press_in(one, pressed); }, asks);
}

response screen_model::press_in(const filter_entry&, key pressed) {
  auto& text = state_.filters[state_.wanted.in];
  if (pressed == keys::escape)
    text.clear();
  if (pressed == keys::escape || pressed == keys::enter)
    state_.asks = {};
  else if (type(text, pressed))
    state_.cursors[state_.wanted.in] = {};
  settle_cursor(false);
  return {};
}

response screen_model::press_in(const stage_entry& entry, key pressed) {
  auto next = entry;
  if (pressed == keys::escape) {
    state_.asks = {};
  } else if (pressed == keys::enter) {
    ask(fmt::format("replay job {} from {}?", entry.job, entry.stage),
        {.what = actors::order::replay, .stage = entry.stage, .job = entry.job});
  } else {
    if (pressed == keys::up || pressed == keys::down)
      next.stage = stage_beside(*state_.seen, entry, pressed == keys::down ? 1 : -1);
    else
      type(next.stage, pressed);
    state_.asks = next;
  }
  return {};
}

response screen_model::press_in(const question& asked, key pressed) {
  response out;
  if (pressed == U'y' || pressed == U'Y')
    out.order = asked.order;
  if (out.order || pressed == U'n' || pressed == U'N' || pressed == U'q' || pressed == keys::escape)
    state_.asks = {};
  return out;
}

response screen_model::press_in(const help_page&, key pressed) {
  if (moves(pressed)) {
    scroll(pressed);
  } else {
    state_.asks = {};
    state_.page_top = 0;
  }
  return {};
}

response screen_model::browse(key pressed) {
  if (pressed == U'q')
    return {.quit = true};
  if (!go(pressed))
    give_order(pressed);
  return {};
}

/// Follows a key that changes what is shown; false for every other key.
bool screen_model::go(key pressed) {
  if (moves(pressed)) {
    state_.wanted.job ? scroll(pressed) : move(pressed);
    return true;
  }
  if (pressed >= U'1' && pressed <= U'9') {
    if (const auto index = static_cast<std::size_t>(pressed - U'1'); index < panes().size())
      enter_pane(panes()[index].id);
    return true;
  }
  switch (pressed) {
    case keys::tab:
      step_pane(1);
      return true;
    case keys::back_tab:
      step_pane(-1);
      return true;
    case keys::enter:
      open();
      return true;
    case keys::escape:
    case keys::backspace:
      back();
      return true;
    case U'/':
      if (!state_.wanted.job)
        state_.asks = filter_entry{};
      return true;
    case U's':
      next_state();
      return true;
    case U'?':
      state_.page_top = 0;
      state_.asks = help_page{};
      return true;
    default:
      return false;
  }
}

void screen_model::give_order(key pressed) {
  const auto runtime = state_.seen ? state_.seen->runtime.runtime_id : 0;
  switch (pressed) {
    case U'p':
      return ask_about_stage();
    case U'r':
    case U'R':
    case U'c':
      return ask_about_job(pressed);
    case U'D':
      return ask(
          fmt::format("drain runtime {}: begin nothing new, end when all work has?", runtime),
          {.what = actors::order::drain});
    case U'S':
      return ask(fmt::format("stop runtime {}: give back what is at work, and end?", runtime),
                 {.what = actors::order::stop});
    default:
      return;
  }
}

void screen_model::scroll(key pressed) {
  const auto body = lay_out_frame(state_.rows).body;
  const auto lines = page_of(state_).size();
  const auto tops = lines > body ? lines - body + 1 : 1;
  state_.page_top = moved(state_.page_top, pressed, tops, body);
}

void screen_model::move(key pressed) {
  auto& where = state_.cursors[state_.wanted.in];
  const auto page = std::max<std::size_t>(visible_rows(state_), 1);
  where.at = moved(where.at, pressed, listed(state_).rows.size(), page);
  settle_cursor(false);
}

/// Puts the cursor on a row that is there, its own if it is to follow it, and the list so that it
/// is visible.
void screen_model::settle_cursor(bool follow) {
  auto& where = state_.cursors[state_.wanted.in];
  const auto rows = listed(state_).rows;
  if (follow && where.at != 0) {
    const auto own = std::find_if(rows.begin(), rows.end(),
                                  [&](const listed_row& one) { return one.id == where.id; });
    if (own != rows.end())
      where.at = static_cast<std::size_t>(own - rows.begin());
  }
  where.at = rows.empty() ? 0 : std::min(where.at, rows.size() - 1);
  where.id = rows.empty() ? "" : rows[where.at].id;
  const auto height = std::max<std::size_t>(visible_rows(state_), 1);
  if (where.at < where.top)
    where.top = where.at;
  else if (where.at >= where.top + height)
    where.top = where.at - height + 1;
  where.top = std::min(where.top, rows.size() > height ? rows.size() - height : 0);
  if (state_.wanted.job && !std::holds_alternative<help_page>(state_.asks))
    scroll(0);
}

void screen_model::enter_pane(pane_id in) {
  state_.wanted.in = in;
  state_.wanted.job.reset();
  state_.page_top = 0;
  settle_cursor(true);
}

void screen_model::step_pane(std::ptrdiff_t by) {
  const auto count = static_cast<std::ptrdiff_t>(panes().size());
  const auto at = &find_pane(state_.wanted.in) - panes().data();
  enter_pane(panes()[static_cast<std::size_t>((at + by + count) % count)].id);
}

void screen_model::open() {
  if (const auto* stage = selected_stage(state_)) {
    state_.wanted.jobs = {.pipeline = stage->pipeline, .stage = stage->stage};
    state_.cursors[pane_id::jobs] = {};
    return enter_pane(pane_id::jobs);
  }
  pipeline::job_id job = 0;
  if (state_.wanted.job)
    return;
  if (const auto* selected = selected_job(state_))
    job = selected->id;
  if (state_.wanted.in == pane_id::events && state_.seen)
    for (const auto& one : state_.seen->events.events)
      if (fmt::to_string(one.id) == selected_id(state_))
        job = one.job;
  if (job == 0)
    return;
  state_.wanted.job = job;
  state_.page_top = 0;
}

void screen_model::back() {
  auto& filter = state_.filters[state_.wanted.in];
  if (state_.wanted.job) {
    state_.wanted.job.reset();
    state_.page_top = 0;
  } else if (!filter.empty()) {
    filter.clear();
  } else if (state_.wanted.in == pane_id::jobs) {
    state_.wanted.jobs = {};
  }
  settle_cursor(true);
}

void screen_model::next_state() {
  if (state_.wanted.in != pane_id::jobs || state_.wanted.job)
    return complain("s chooses among the jobs: press 4 first");
  auto& state = state_.wanted.jobs.state;
  const auto& all = pipeline::all_job_states;
  const auto at = state ? std::find(all.begin(), all.end(), *state) + 1 : all.begin();
  state = at == all.end() ? std::nullopt : std::optional{*at};
  state_.cursors[pane_id::jobs] = {};
  settle_cursor(false);
}

void screen_model::ask(std::string text, actors::change_order order) {
  if (!state_.seen || !state_.waiting.empty())
    return complain("not sent: no runtime answers");
  order.by = user_;
  state_.asks = question{std::move(text), std::move(order)};
}

void screen_model::ask_about_stage() {
  const auto* stage = selected_stage(state_);
  if (stage == nullptr)
    return complain("p pauses a stage: press 2 and select one first");
  const bool paused = stage->paused_at_us != 0;
  ask(fmt::format("{} {} of {}, in all runtimes?", paused ? "resume" : "pause", stage->stage,
                  stage->pipeline),
      {.what = paused ? actors::order::resume : actors::order::pause,
       .pipeline = stage->pipeline,
       .stage = stage->stage});
}

void screen_model::ask_about_job(key pressed) {
  const auto* job = selected_job(state_);
  if (job == nullptr)
    return complain("press 4 and select a job first");
  const auto about = fmt::format("job {}, {} at {}", job->id, to_string(job->state), job->stage);
  if (pressed == U'c')
    return ask(fmt::format("cancel {}?", about), {.what = actors::order::cancel, .job = job->id});
  if (pressed == U'r')
    return ask(fmt::format("retry {}, now?", about),
               {.what = actors::order::retry, .job = job->id});
  if (!state_.waiting.empty())
    return complain("not sent: no runtime answers");
  state_.asks = stage_entry{job->id, job->pipeline, job->stage};
}

void screen_model::complain(std::string text) {
  state_.said = std::move(text);
  state_.said_well = false;
}

}  // namespace millrace::app
