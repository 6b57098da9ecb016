#include "app/settings/template.hpp"

#include "app/settings/option.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr std::string_view introduction =
    R"(; The settings of millrace, each at its default. Remove the `;` before one to change it.
;
; An environment variable overrides this file, and the command line overrides both:
;   MILLRACE_RUNTIME__IN_FLIGHT=500 (a dot becomes two underscores)
;   millrace run --runtime.in_flight 500
; `millrace config` prints what is in effect and its source; `millrace config --template` prints
; this file.
;
; Comments begin with `;` or `#`, at the start of a line or after a space, but not in quotes; behind
; a handler's command they are refused. Durations have units (500us, 20ms, 3s, 5m, 1h, 30d), sizes
; may (1200, 64kB, 25MB, 1GiB). A relative path counts from this file's folder.
)";

constexpr std::string_view pipelines =
    R"(
; Pipelines of your own are named lists of stages; each stage names the handler that works there
; (docs/handlers.md: exec:COMMAND, exec-once:COMMAND, http:URL, noop, sleep:20ms and others).
;
; [pipeline.nightly]
; stages = fetch, publish
;
; [stage.nightly.fetch]
; handler = exec:python3 fetch.py
;
; [stage.nightly.publish]
; handler = http:https://internal/publish
;
; What a pipeline may be given besides, with its default, `ingest` as well:
;
; [pipeline.PIPELINE]
)";

constexpr std::string_view stages =
    R"(;
; The stages of the built-in pipeline `ingest` are tuned in the same way, [stage.ingest.parsing] for
; instance. What a stage may be given, with its default (`millrace config` shows those of ingest):
;
; [stage.PIPELINE.STAGE]
)";

constexpr std::string_view schedules =
    R"(
; Jobs that are made when their time comes, by one runtime of those that keep the schedule:
;
; [schedule.NAME]
)";

constexpr std::string_view tenants =
    R"(
; What holds for one tenant; what is not set is as in [tenants]:
;
; [tenant.NAME]
)";

std::string assignment(std::string_view name, std::string_view value) {
  return fmt::format("{} ={}{}", name, value.empty() ? "" : " ", value);
}

}  // namespace

std::string render_template() {
  std::string out{introduction};
  std::string section;
  for (const auto& one : options()) {
    const auto dot = one.name.rfind('.');
    if (section != one.name.substr(0, dot)) {
      section = one.name.substr(0, dot);
      out += fmt::format("\n[{}]\n", section);
    } else {
      out += '\n';
    }
    out += fmt::format("; {}\n;{}\n", one.help,
                       assignment(one.name.substr(dot + 1), one.default_text()));
  }
  const auto add = [&](const auto& all) {
    for (const auto& one : all)
      out += fmt::format("; # {}\n; {}\n", one.help, assignment(one.name, one.default_text()));
  };
  out += pipelines;
  add(pipeline_options());
  out += stages;
  add(stage_options());
  out += schedules;
  add(schedule_options());
  out += tenants;
  add(tenant_options());
  return out;
}

}  // namespace millrace::app
