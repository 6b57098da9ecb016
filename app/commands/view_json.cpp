#include "app/commands/view_json.hpp"

#include "app/commands/view_fields.hpp"

#include <utility>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;

}  // namespace

json document_of(const actors::runtime_view& view) { return fields_of(view); }

json document_of(const actors::actors_view& view) { return shown_value(view.actors); }

json document_of(const actors::stages_view& view) {
  auto document = fields_of(view);
  // Jobs that are not counted yet are not shown as none.
  if (view.counted_at_us == 0)
    for (auto& stage : document["stages"])
      stage["jobs"] = nullptr;
  return document;
}

json document_of(const actors::health_view& view) { return fields_of(view); }

json document_of(const actors::runtimes_view& view) { return fields_of(view); }

json document_of(const actors::services_view& view) { return fields_of(view); }

json document_of(const actors::progress_view& view) { return fields_of(view); }

json document_of(const actors::job_row& job) { return shown_value(job); }

json document_of(const actors::event_row& event) { return fields_of(event); }

json document_of(const std::vector<actors::job_row>& jobs) { return shown_value(jobs); }

json document_of(const std::vector<actors::event_row>& events) { return shown_value(events); }

json document_of(const actors::job_row& job, const std::vector<actors::event_row>& events) {
  auto document = document_of(job);
  document["events"] = document_of(events);
  return document;
}

}  // namespace millrace::app
