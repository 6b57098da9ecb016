#include "app/commands/inspect_views.hpp"
#include "app/commands/records.hpp"
#include "app/error.hpp"

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

}  // namespace

shown_view show(const actors::jobs_view& view) {
  require_read(view.trouble);
  return {.rows = job_table(view.jobs), .note = {}, .document = json::parse(to_json(view.jobs))};
}

shown_view show_job(const actors::job_view& view) {
  require_read(view.trouble);
  if (!view.job)
    throw error{exit_code::no, "cannot show the job", view.text, view.next};
  const auto why = explanation_of(view, view.job->id);
  auto out = show_explanation(view, view.job->id);
  out.rows = job_details(*view.job);
  for (const auto& row : explanation_details(why).rows)
    if (row.front() != "job_id")
      out.rows.rows.push_back(row);
  out.more = event_table(view.events);
  auto document = json::parse(to_json(*view.job, view.events));
  document["explanation"] = std::move(out.document);
  out.document = std::move(document);
  return out;
}

shown_view show_explanation(const actors::job_view& view, storage::job_id job) {
  require_read(view.trouble);
  const auto why = explanation_of(view, job);
  return {.rows = explanation_details(why),
          .note = {},
          .document = json::parse(to_json(why)),
          .is_well = view.job.has_value()};
}

}  // namespace millrace::app
