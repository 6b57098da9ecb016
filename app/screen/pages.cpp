#include "app/screen/pages.hpp"

#include "app/commands/inspect/inspect_views.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/screen/keys.hpp"
#include "base/iso8601.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::app {
namespace {

/// Lines that are as wide as the screen, one after the other.
class page_writer {
 public:
  explicit page_writer(std::size_t width) : width_{width} {}

  void title(std::string_view text) {
    const text_style how{.bold = true, .underline = true};
    lines_.push_back(line_writer{width_}.put(" ", how).put(text, how).done(how));
  }

  void blank() { lines_.push_back(line_writer{width_}.done()); }

  /// A name, and a text beside it in as many lines as it needs.
  void field(std::string_view name, std::string_view text, std::size_t indent, tone how = {}) {
    bool first = true;
    for (const auto& part : wrap(text, width_ > indent ? width_ - indent : 1)) {
      line_writer out{width_};
      if (std::exchange(first, false))
        out.put(" ").put(name, {.color = tone::faint});
      lines_.push_back(out.to(indent).put(part, {.color = how}).done());
    }
  }

  void add(std::vector<line> more) {
    lines_.insert(lines_.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
  }

  std::vector<line> done() { return std::move(lines_); }

 private:
  std::size_t width_;
  std::vector<line> lines_;
};

std::string moment(time_point at, time_point now) {
  const auto us = (at - now).count();
  return fmt::format("{}  ({})", to_iso8601(at),
                     us > 0 ? "in " + short_duration(us) : short_duration(-us) + " ago");
}

std::string standing(const actors::job_row& job) {
  auto text = fmt::format("{} at {}, attempt {}", state_text(job), job.stage, job.attempt);
  if (job.crashes > 0)
    text += fmt::format(", {} crashes of its runtime", job.crashes);
  if (job.cancel_requested)
    text += ", told to end";
  return text;
}

void write_job(page_writer& out, const actors::job_row& job, const actors::job_view& view,
               time_point now) {
  constexpr std::size_t indent = 13;
  const auto field = [&](std::string_view name, const std::string& text, tone how = {}) {
    if (!text.empty())
      out.field(name, text, indent, how);
  };
  out.title(fmt::format("JOB {} of {}", job.id, job.pipeline));
  field("state", standing(job), tone_of(job.state));
  if (view.progress)
    field("progress", progress_text(*view.progress));
  field("why", view.text);
  field("next", view.next);
  if (!job.code.empty())
    field("last error", fmt::format("{}: {}", job.code, job.message));
  field("created", moment(job.created_at, now));
  field("changed", moment(job.updated_at, now));
  if (job.state == pipeline::job_state::queued || job.state == pipeline::job_state::retryable)
    field("due", moment(job.run_at, now));
  if (job.claimed_by)
    field("claimed by", fmt::format("runtime {}", *job.claimed_by));
  field("priority", fmt::to_string(job.priority));
  field("correlation", job.correlation_id);
  field("payload", job.payload);
  field("output", job.output);
}

std::vector<line> history_lines(const std::vector<actors::event_row>& events, std::size_t width) {
  snapshot only;
  only.events.events = events;
  // A history is read from its beginning.
  std::reverse(only.events.events.begin(), only.events.events.end());
  const auto all = list_events(only);
  const listing_layout layout{all, width};
  std::vector<line> lines{layout.head()};
  for (std::size_t i = 0; i < all.rows.size(); ++i)
    lines.push_back(layout.row(i, false));
  return lines;
}

std::vector<line> job_page(const screen_state& of) {
  page_writer out{of.columns};
  const auto* view = open_job(of);
  if (view == nullptr || !view->job) {
    out.title(fmt::format("JOB {}", *of.wanted.job));
    out.field("",
              view == nullptr         ? "reading ..."
              : view->trouble.empty() ? "there is no such job (any more)"
                                      : "it cannot be read now: " + view->trouble,
              1);
    return out.done();
  }
  write_job(out, *view->job, *view, of.seen->taken_at);
  if (!view->trouble.empty())
    out.field("trouble", view->trouble, 13, tone::bad);
  out.blank();
  out.add(history_lines(view->events, of.columns));
  return out.done();
}

std::vector<line> help_lines(std::size_t width) {
  page_writer out{width};
  out.title("KEYS");
  for (const auto& one : all_keys())
    out.field(one.keys, one.what, 17);
  out.blank();
  out.field("", "Every order is asked about first: y does it, n does not.", 1);
  return out.done();
}

}  // namespace

std::vector<line> page_of(const screen_state& of) {
  if (std::holds_alternative<help_page>(of.asks))
    return help_lines(of.columns);
  return of.wanted.job ? job_page(of) : std::vector<line>{};
}

}  // namespace millrace::app
