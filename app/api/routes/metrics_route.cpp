#include "app/api/metrics/families.hpp"
#include "app/api/metrics/figures.hpp"
#include "app/api/metrics/metrics_text.hpp"
#include "app/api/routes/routes.hpp"
#include "app/version.hpp"
#include "storage/db/dialect.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace millrace::app::api {
namespace {

/// What the inspector of the runtime knows that uses the data directory.
struct inspector_answers {
  std::optional<actors::stages_view> stages{};
  /// Of a runtime in another process.
  std::optional<actors::health_view> health{};
  std::optional<actors::services_view> services{};
};

/// An inspector in this process that does not work, or hangs, is not waited for.
bool may_answer(const actors::runtime_status& status) {
  constexpr std::chrono::nanoseconds patience = std::chrono::seconds{1};
  const auto all = status.actors();
  const auto inspector =
      std::find_if(all.begin(), all.end(), [](const auto& one) { return one.name == "inspector"; });
  if (inspector == all.end() || inspector->condition != actors::actor_condition::working)
    return false;
  const auto since = inspector->metrics ? inspector->metrics->busy_since_ns.load() : 0;
  return since == 0 || actors::actor_metrics::now_ns() - since < patience.count();
}

inspector_answers ask_inspector(const environment& around) {
  inspector_answers answers;
  if (around.status && !may_answer(*around.status))
    return answers;
  try {
    auto inspector = attach(around);
    answers.stages = inspector.stages();
    if (!around.status) {
      answers.health = inspector.health();
      answers.services = inspector.services();
    }
  } catch (const actors::attach_error&) {
    // There is no runtime, or it does not answer. What came stays.
  }
  return answers;
}

void add_sources(metrics_text& to, const inspector_answers& answers) {
  const auto& stages = answers.stages;
  to.family(families::SOURCE_UP);
  to.flag({"inspector"}, stages.has_value());
  to.flag({"job_counts"}, stages && stages->trouble.empty() && stages->counted_at_us != 0);
}

std::string write_all(const environment& around, exposition format) {
  const auto& values = around.config.values;
  const both_clocks now{around.time.now(), std::chrono::steady_clock::now()};
  const auto answers = ask_inspector(around);
  metrics_text to{format};
  to.family(families::BUILD);
  const auto database = storage::dialect_of(values.runtime.database.url);
  to.flag({version(), database ? to_string(*database) : ""}, true);
  if (values.runtime.inspector_enabled)
    add_sources(to, answers);
  add_process(to);
  add_disk(to, values);
  if (around.status) {
    add_runtime(to, *around.status);
    add_stages(to, *around.status, now);
    if (around.traces)
      add_traces(to, *around.traces);
    add_health(to, *around.status, values.runtime.health_hung_after, now);
  }
  if (answers.health)
    add_health(to, *answers.health);
  if (answers.services)
    add_services(to, *answers.services);
  if (answers.stages)
    add_jobs(to, *answers.stages, around.pipelines);
  return to.finish();
}

}  // namespace

response get_metrics(call& in) {
  in.require_unbound("the figures are those of all jobs, and the token is bound");
  const auto format = choose_exposition(in.asked().header("accept"));
  auto made = typed_response(std::string{media_type_of(format)}, write_all(in.around(), format));
  made.headers.emplace_back("Vary", "Accept");
  return made;
}

}  // namespace millrace::app::api
