#include "app/screen/state.hpp"

#include "app/screen/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::app {
namespace {

std::string filter_of(const screen_state& of) {
  const auto at = of.filters.find(of.wanted.in);
  return at == of.filters.end() ? "" : at->second;
}

std::string jobs_filter(const actors::get_jobs& filter) {
  std::string text;
  if (filter.state)
    text += fmt::format(" {}", to_string(*filter.state));
  if (!filter.stage.empty())
    text += fmt::format(" at {} of {}", filter.stage, filter.pipeline);
  return text;
}

}  // namespace

bool is_old(const screen_state& of, time_point now) {
  // One is taken each second.
  constexpr std::chrono::seconds overdue{3};
  return of.seen && (!of.waiting.empty() || now - of.seen->taken_at > overdue);
}

listing listed(const screen_state& of) {
  if (!of.seen)
    return {};
  const auto& seen = *of.seen;
  auto all = of.wanted.in == pane_id::overview
                 ? list_stages(seen, std::max<std::size_t>(visible_rows(of), 1))
                 : find_pane(of.wanted.in).list(seen);
  const bool others = of.wanted.in == pane_id::jobs && !of.wanted.lists_as(seen.asked);
  if (others || (all.rows.empty() && of.wanted.in != seen.asked.in)) {
    all.rows.clear();
    all.nothing = "reading ...";
    return all;
  }
  return filtered(std::move(all), filter_of(of));
}

std::string selected_id(const screen_state& of) {
  const auto shown = listed(of);
  const auto at = of.cursors.find(of.wanted.in);
  const auto index = at == of.cursors.end() ? 0 : at->second.at;
  return index < shown.rows.size() ? shown.rows[index].id : "";
}

const actors::stage_view* selected_stage(const screen_state& of) {
  if (of.wanted.job || (of.wanted.in != pane_id::stages && of.wanted.in != pane_id::overview))
    return nullptr;
  const auto id = selected_id(of);
  if (id.empty())
    return nullptr;
  const auto& stages = of.seen->stages.stages;
  const auto at = std::find_if(stages.begin(), stages.end(),
                               [&](const auto& one) { return stage_row_id(one) == id; });
  return at == stages.end() ? nullptr : &*at;
}

const actors::job_row* selected_job(const screen_state& of) {
  if (of.wanted.job) {
    const auto* page = open_job(of);
    return page != nullptr && page->job ? &*page->job : nullptr;
  }
  if (of.wanted.in != pane_id::jobs)
    return nullptr;
  const auto id = selected_id(of);
  if (id.empty())
    return nullptr;
  const auto& jobs = of.seen->jobs.jobs;
  const auto at = std::find_if(jobs.begin(), jobs.end(),
                               [&](const auto& one) { return fmt::to_string(one.id) == id; });
  return at == jobs.end() ? nullptr : &*at;
}

const actors::job_view* open_job(const screen_state& of) {
  return of.seen && of.wanted.job && of.seen->asked.job == of.wanted.job && of.seen->job
             ? &*of.seen->job
             : nullptr;
}

std::string note_of(const screen_state& of, const listing& shown) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (const auto jobs = jobs_filter(of.wanted.jobs); of.wanted.in == pane_id::jobs && !jobs.empty())
    add(fmt::format("only{}", jobs));
  if (const auto filter = filter_of(of); !filter.empty())
    add(fmt::format("containing `{}`", filter));
  if (!text.empty())
    text += "  (Esc shows all)";
  if (!shown.note.empty())
    add(shown.note);
  return text;
}

}  // namespace millrace::app
