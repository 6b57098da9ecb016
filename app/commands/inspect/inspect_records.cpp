#include "app/commands/inspect/inspect_views.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/view_json.hpp"
#include "app/error.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace millrace::app {
namespace {

void require_read(const std::string& trouble) {
  if (!trouble.empty())
    throw error{exit_code::database, "cannot read the runtime's database", trouble,
                "`millrace inspect health` says how the runtime fares"};
}

storage::explanation explanation_of(const actors::job_view& view, pipeline::job_id job) {
  return {.job = job, .reason = view.reason, .text = view.text, .next = view.next};
}

std::optional<double> percent_of(const actors::progress_view& said) {
  constexpr double thousandths = 1000;
  return said.percent_thousandths
             ? std::optional{static_cast<double>(*said.percent_thousandths) / thousandths}
             : std::nullopt;
}

void add_progress(shown_view& to, const std::optional<actors::progress_view>& said) {
  if (said)
    to.rows.rows.push_back({"progress", progress_text(*said)});
  to.document["progress"] = said ? document_of(*said) : nlohmann::ordered_json();
}

}  // namespace

shown_view show(const actors::jobs_view& view) {
  require_read(view.trouble);
  return {.rows = job_table(view.jobs), .note = {}, .document = document_of(view.jobs)};
}

shown_view show_job(const actors::job_view& view) {
  require_read(view.trouble);
  if (!view.job)
    throw error{exit_code::no, "cannot show the job", view.text, view.next};
  shown_view out{.rows = job_details(*view.job),
                 .more = event_table(view.events),
                 .note = {},
                 .document = document_of(*view.job, view.events)};
  for (const auto& [name, text] :
       {std::pair{"reason", &view.reason}, {"text", &view.text}, {"next", &view.next}})
    if (!text->empty())
      out.rows.rows.push_back({name, *text});
  out.document["explanation"] = document_of(explanation_of(view, view.job->id));
  add_progress(out, view.progress);
  return out;
}

shown_view show_explanation(const actors::job_view& view, pipeline::job_id job) {
  require_read(view.trouble);
  const auto why = explanation_of(view, job);
  shown_view out{.rows = explanation_details(why),
                 .note = {},
                 .document = document_of(why),
                 .is_well = view.job.has_value()};
  add_progress(out, view.progress);
  return out;
}

std::string progress_text(const actors::progress_view& said) {
  const auto percent = percent_of(said);
  return fmt::format("{}{}{} ({} ago)", percent ? fmt::format("{:.4g} %", *percent) : "",
                     percent && !said.message.empty() ? ", " : "", said.message,
                     short_duration(said.age_us));
}

}  // namespace millrace::app
