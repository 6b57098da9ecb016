#include "pipeline/check_outcome.hpp"

#include "base/has_nul.hpp"
#include "base/json/json_text.hpp"
#include "pipeline/check_made_job.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/job_fields.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::pipeline {
namespace {

/// What to answer instead of an outcome with this value; nothing when the value can be kept.
std::optional<outcome> refusal_of(std::string_view value, std::string_view name) {
  const std::string code{codes::HANDLER_ANSWER};
  if (const auto why = trouble_in_json(value, {.nul = true}))
    return retry{code, fmt::format("{} cannot be kept, because {}", name, *why), std::nullopt};
  if (has_nul(value))
    return reject{code,
                  fmt::format("{} has a NUL character (\\u0000), which cannot be stored", name)};
  return std::nullopt;
}

std::optional<outcome> refusal_of(const effect& what) {
  if (const auto* output = std::get_if<effects::write_output>(&what))
    return refusal_of(output->json, "the output");
  if (const auto* made = std::get_if<effects::make_children>(&what))
    for (const auto& one : made->jobs)
      if (!one.payload.empty())
        if (auto no = refusal_of(one.payload, "the payload of a child"))
          return no;
  if (const auto* made = std::get_if<effects::make_jobs>(&what))
    for (const auto& one : made->jobs) {
      if (!one.payload.empty())
        if (auto no = refusal_of(one.payload, "the payload of a job that it makes"))
          return no;
      try {
        check(one);
      } catch (const bad_field& wrong) {
        return retry{std::string{codes::HANDLER_ANSWER},
                     fmt::format("a job that it makes cannot be kept, because {}", wrong.what()),
                     std::nullopt};
      }
    }
  return std::nullopt;
}

}  // namespace

outcome checked(outcome what) {
  const auto& effects =
      std::visit([](const auto& one) -> const std::vector<effect>& { return one.effects; }, what);
  for (const auto& one : effects)
    if (auto no = refusal_of(one))
      return std::move(*no);
  return what;
}

}  // namespace millrace::pipeline
