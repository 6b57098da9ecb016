#include "app/commands/inspect/inspect_views.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/error.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;

void require_read(const std::string& trouble) {
  if (!trouble.empty())
    throw error{exit_code::database, "cannot read the runtime's database", trouble,
                "`millrace inspect health` says how the runtime fares"};
}

storage::explanation explanation_of(const actors::job_view& view, storage::job_id job) {
  return {.job = job, .reason = view.reason, .text = view.text, .next = view.next};
}

shown_view explain_view(const actors::job_view& view, storage::job_id job) {
  require_read(view.trouble);
  const auto why = explanation_of(view, job);
  return {.rows = explanation_details(why),
          .note = {},
          .document = document_of(why),
          .is_well = view.job.has_value()};
}

std::optional<double> percent_of(const actors::progress_view& said) {
  constexpr double thousandths = 1000;
  return said.percent_thousandths
             ? std::optional{static_cast<double>(*said.percent_thousandths) / thousandths}
             : std::nullopt;
}

void add_progress(shown_view& to, const std::optional<actors::progress_view>& said) {
  to.document["progress"] = nullptr;
  if (!said)
    return;
  to.rows.rows.push_back({"progress", progress_text(*said)});
  const auto percent = percent_of(*said);
  to.document["progress"] = {{"percent", percent ? json(*percent) : json()},
                             {"message", said->message},
                             {"age_us", said->age_us}};
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
  auto out = explain_view(view, view.job->id);
  const auto why = std::exchange(out.rows, job_details(*view.job));
  for (const auto& row : why.rows)
    if (row.front() != "job_id")
      out.rows.rows.push_back(row);
  out.more = event_table(view.events);
  auto document = storage::describe(*view.job, view.events);
  document["explanation"] = std::move(out.document);
  out.document = std::move(document);
  add_progress(out, view.progress);
  return out;
}

shown_view show_explanation(const actors::job_view& view, storage::job_id job) {
  auto out = explain_view(view, job);
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
