#include "storage/history/explain_text.hpp"

#include "base/duration.hpp"
#include "base/iso8601.hpp"
#include "base/text_line.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>

namespace millrace::storage {

std::string grouped(std::int64_t count) {
  auto digits = fmt::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string time_text(time_point at) { return to_iso8601(at); }

std::string in_future(time_point at, time_point now) {
  return fmt::format("in {}, at {}",
                     format_duration(std::chrono::ceil<std::chrono::seconds>(at - now)),
                     time_text(at));
}

std::string failure_text(std::string_view code, std::string_view message) {
  return message.empty() ? std::string{code} : fmt::format("{}: {}", code, message);
}

std::string runtime_text(const runtime_record& one) {
  return fmt::format("runtime {} ({}, pid {})", one.id, one.host, one.pid);
}

std::string turn_text(std::int64_t other_tenants) {
  if (other_tenants == 0)
    return {};
  return fmt::format("; {} other tenant{} in turn with its own", grouped(other_tenants),
                     other_tenants == 1 ? " is served" : "s are served");
}

std::string key_text(const std::string& key, const key_wait& held) {
  const auto& jobs = held.holders;
  if (jobs.empty())
    return fmt::format("a place of its concurrency key {} is free, and given on in seconds",
                       one_line(key, 60));
  return fmt::format("{} of its concurrency key {}{}",
                     jobs.size() == 1 ? fmt::format("job {} has the place", jobs.front())
                                      : fmt::format("{} jobs have the places", jobs.size()),
                     one_line(key, 60),
                     held.ahead == 0 ? ", and it is the next"
                                     : fmt::format(", and {} {} before it", grouped(held.ahead),
                                                   held.ahead == 1 ? "waits" : "wait"));
}

std::string with_id(std::string_view advice, pipeline::job_id job) {
  std::string next{advice};
  for (const std::string_view argument : {" ID`", " ID "})
    for (auto at = next.find(argument); at != std::string::npos; at = next.find(argument, at))
      next.replace(at + 1, 2, fmt::to_string(job));
  return next;
}

std::string move_from_gone(const job_record& job) {
  return fmt::format(
      "the pipeline {} has no stage {} any more: `millrace move {} --to STAGE` sends the job to "
      "one "
      "that it has",
      job.pipeline, job.stage, job.id);
}

std::string next_of_dead(const job_record& job, const pipeline::codes::entry* known) {
  if (known == nullptr)
    return fmt::format("correct what the message says, then `millrace retry {}`", job.id);
  // Of a job that is dead that was true until its last attempt.
  if (known->next.starts_with("nothing, unless it is frequent"))
    return fmt::format(
        "see that what the message names is in order, then `millrace retry {}`: no attempt was "
        "left",
        job.id);
  auto next = with_id(known->next, job.id);
  if (pipeline::codes::needs_another_submit(known->name) ||
      next.find("`millrace ") != std::string::npos)
    return next;
  return fmt::format("{}; `millrace retry {}` tries this one again", next, job.id);
}

}  // namespace millrace::storage
