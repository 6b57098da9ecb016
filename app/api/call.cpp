#include "app/api/call.hpp"

#include "base/duration.hpp"
#include "base/iso8601.hpp"
#include "base/unicode/ascii.hpp"
#include "base/whole_number.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app::api {

call::call(const environment& around, const request& asked, const match& at,
           storage::access_token holder)
    : around_(around), asked_(asked), at_(at), holder_(std::move(holder)) {
  const auto& known = at.found->query;
  for (const auto& [name, value] : asked.target.query) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.name == name; });
    if (found == known.end())
      throw bad_request(
          fmt::format("`{}` is no parameter of {} {}", name, at.found->method, at.found->path),
          "GET /v1/openapi.json lists them");
    const auto count = std::count_if(asked.target.query.begin(), asked.target.query.end(),
                                     [&](const auto& p) { return p.first == name; });
    if (count > 1)
      throw bad_request(fmt::format("`{}` is given {} times", name, count), "give it once");
    check(*found, value);
  }
  for (const auto& one : known)
    if (one.required && !has(one.name))
      throw bad_request(fmt::format("`{}` is missing", one.name), one.help);
}

void call::check(const parameter& of, const std::string& value) const {
  const auto refuse = [&](std::string_view allowed) {
    throw bad_request(fmt::format("`{}` cannot be `{}`", of.name, value),
                      fmt::format("it may be {}", allowed));
  };
  switch (of.kind) {
    case value_kind::text:
      if (value.empty())
        refuse("a text that is not empty");
      return;
    case value_kind::number: {
      const auto number = parse_whole_number(value);
      if (!number || *number < of.least || *number > of.most)
        refuse(fmt::format("a whole number from {} to {}", of.least, of.most));
      return;
    }
    case value_kind::flag:
      if (value != "true" && value != "false")
        refuse("true or false");
      return;
    case value_kind::moment:
      if (!parse_iso8601(value))
        refuse("a time as in RFC 3339: 2026-12-01T08:00:00Z");
      return;
    case value_kind::wait:
      if (!parse_duration(value))
        refuse("a duration such as 30s");
      return;
    case value_kind::choice:
      if (std::find(of.choices.begin(), of.choices.end(), value) == of.choices.end())
        refuse(fmt::format("{}", fmt::join(of.choices, ", ")));
      return;
  }
}

std::string call::by() const {
  return fmt::format("{} (token) from {}", holder_.name, asked_.peer);
}

const std::string* call::first(std::string_view name) const {
  for (const auto& [known, value] : asked_.target.query)
    if (known == name)
      return &value;
  return nullptr;
}

std::string call::text(std::string_view name) const {
  const auto* found = first(name);
  return found != nullptr ? *found : std::string{};
}

std::int64_t call::number(std::string_view name, std::int64_t otherwise) const {
  const auto* found = first(name);
  return found != nullptr ? parse_whole_number(*found).value() : otherwise;
}

std::optional<time_point> call::moment(std::string_view name) const {
  const auto* found = first(name);
  return found != nullptr ? parse_iso8601(*found) : std::nullopt;
}

duration call::wait(std::string_view name) const {
  const auto* found = first(name);
  return found != nullptr ? parse_duration(*found).value() : duration{0};
}

std::int64_t call::job_id() const {
  const auto& text = part("id");
  const auto id = parse_whole_number(text);
  if (!id || *id < 1)
    throw not_found(fmt::format("`{}` is no job id", text), "GET /v1/jobs shows the ids");
  return *id;
}

bool call::may_see(std::string_view pipeline, std::string_view tenant) const {
  return (holder_.pipeline.empty() || holder_.pipeline == pipeline) &&
         (holder_.tenant.empty() || holder_.tenant == tenant);
}

void call::require_no_tenant(std::string why) const {
  if (!holder_.tenant.empty())
    throw token_bound(std::move(why), "use a token that is not bound to a tenant");
}

void call::require_unbound(std::string why) const {
  if (!holder_.owner.empty() || !holder_.tenant.empty() || !holder_.pipeline.empty())
    throw token_bound(std::move(why), "use a token that is not bound");
}

std::string call::bound(std::string_view name, const std::string& to) const {
  auto value = text(name);
  if (to.empty() || value == to)
    return value;
  if (!value.empty())
    throw token_bound(fmt::format("its `{}` is `{}`", name, to),
                      "leave the parameter out, or use another token");
  return to;
}

std::size_t largest_upload(const configuration& config) {
  // Boundaries, names and headers of a form.
  constexpr std::size_t around_files = std::size_t{1} << 20;
  return static_cast<std::size_t>(config.values.ingest.intake.max_file_size) + around_files;
}

std::string media_type(std::string_view header) {
  std::string type{header.substr(0, header.find(';'))};
  type.erase(type.find_last_not_of(" \t") + 1);
  return in_lower_case(type);
}

response json_response(const nlohmann::ordered_json& document, int status) {
  return typed_response("application/json", storage::in_one_line(document), status);
}

response typed_response(std::string type, std::string body, int status) {
  return {
      .status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

}  // namespace millrace::app::api
