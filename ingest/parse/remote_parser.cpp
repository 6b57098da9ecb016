#include "ingest/parse/remote_parser.hpp"

#include "base/duration.hpp"
#include "ingest/files/read_file.hpp"
#include "ingest/parse/parsing_api.hpp"
#include "pipeline/api.hpp"
#include "pipeline/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::ingest {
namespace {

using answered = pipeline::remote::service::answered;
using missing = pipeline::remote::service::missing;

std::string describe(const remote_job& one) {
  return fmt::format("job {} of {}", one.id, one.endpoint);
}

}  // namespace

remote_parser::remote_parser(remote_parser_settings settings,
                             std::shared_ptr<pipeline::remote::service> from)
    : settings_(std::move(settings)), from_(std::move(from)) {}

remote_parser::step remote_parser::next(const job& job, const document& file,
                                        const std::string& path,
                                        const std::optional<remote_job>& known,
                                        const context& at) const {
  return known ? look(job, *known, at) : send(job, file, path, at);
}

remote_parser::step remote_parser::send(const job& job, const document& file,
                                        const std::string& path, const context& at) const {
  const auto bytes = read_file(path);
  if (!bytes)
    return {reject{std::string{codes::BLOB_MISSING},
                   fmt::format("{} cannot be read from the data directory", file.raw_uri)}};
  auto form = make_upload(file.name, file.media_type, *bytes,
                          settings_.webhook_url.empty()
                              ? std::string{}
                              : fmt::format("{}{}{}", settings_.webhook_url, webhook_path, job.id));
  upload_answer answer;
  const auto read = [&](std::string_view body) -> pipeline::remote::service::reading {
    answer = read_upload(body);
    return {answer.fault, {}};
  };
  auto came = from_->make({.path = "/upload",
                           .body = std::move(form.body),
                           .content_type = std::move(form.content_type),
                           .traceparent = std::string{at.traceparent}},
                          read, at.stop);
  if (auto* refused = std::get_if<reject>(&came))
    return {std::move(*refused)};
  if (auto* failed = std::get_if<retry>(&came))
    return {std::move(*failed)};
  if (auto* later = std::get_if<snooze>(&came))
    return {.became = std::move(*later), .is_out = true};
  remote_job sent{std::get<answered>(came).by, std::move(answer.id), at.now};
  auto why = fmt::format("the file is {}", describe(sent));
  return wait(job, std::move(sent), std::move(why), duration{0}, at.now);
}

remote_parser::step remote_parser::look(const job& job, const remote_job& known,
                                        const context& at) const {
  status_answer answer;
  const auto read = [&](std::string_view body) -> pipeline::remote::service::reading {
    answer = read_status(body);
    return {answer.fault, {}};
  };
  auto came = from_->make({.path = "/job/" + known.id,
                           .at = known.endpoint,
                           .traceparent = std::string{at.traceparent}},
                          read, at.stop);
  if (!std::holds_alternative<answered>(came))
    return no_answer(job, known, std::move(came), at.now);
  if (answer.state == remote_state::succeeded)
    return fetch(job, known, at);
  if (answer.state == remote_state::failed)
    return {reject{std::string{codes::PARSE_REFUSED},
                   fmt::format("{} ended with {}", describe(known),
                               from_->without_key(std::move(answer.why)))}};
  auto waits = known;
  ++waits.polls;
  return wait(job, std::move(waits), describe(known) + " is not done", duration{0}, at.now);
}

remote_parser::step remote_parser::fetch(const job& job, const remote_job& known,
                                         const context& at) const {
  result_answer answer;
  const auto read = [&](std::string_view body) -> pipeline::remote::service::reading {
    answer = read_result(body);
    return {answer.fault, {}};
  };
  auto came = from_->make({.path = "/job/" + known.id + "/result/markdown",
                           .at = known.endpoint,
                           .traceparent = std::string{at.traceparent}},
                          read, at.stop);
  if (!std::holds_alternative<answered>(came))
    return no_answer(job, known, std::move(came), at.now);
  if (static_cast<std::int64_t>(answer.text.size()) > settings_.max_text_size)
    return {reject{std::string{codes::PARSER_LIMIT},
                   fmt::format("{} made a text of {} bytes, ingest.max_text_size is {}",
                               describe(known), answer.text.size(), settings_.max_text_size)}};
  return {std::move(answer.text)};
}

remote_parser::step remote_parser::wait(const job& job, remote_job known, std::string why,
                                        duration at_least, time_point now) const {
  if (now - known.since >= settings_.job_timeout)
    return {overdue(known, why)};
  const auto pause = pipeline::backoff({settings_.poll_interval, settings_.poll_interval_max},
                                       known.polls, static_cast<std::uint64_t>(job.id));
  return {.became = snooze{now + std::max(pause, at_least), std::move(why)},
          .known = std::move(known)};
}

retry remote_parser::overdue(const remote_job& known, std::string_view why) const {
  return {std::string{codes::PARSE_OVERDUE},
          fmt::format("{} has no result after {}: {}", describe(known),
                      format_duration(settings_.job_timeout), why),
          {}};
}

remote_parser::step remote_parser::no_answer(const job& job, const remote_job& known,
                                             pipeline::remote::service::result&& came,
                                             time_point now) const {
  if (auto* lost = std::get_if<missing>(&came))
    return {retry{std::string{codes::PARSE_LOST}, std::move(lost->why), {}}};
  if (auto* refused = std::get_if<reject>(&came))
    return {std::move(*refused)};
  if (auto* later = std::get_if<snooze>(&came)) {
    // Another endpoint may be in order, but knows nothing of the file.
    if (from_->settings().endpoints.size() > 1 && now - known.since >= settings_.job_timeout)
      return {overdue(known, later->why)};
    return {.became = std::move(*later), .known = known, .is_out = true};
  }
  auto& failed = std::get<retry>(came);
  if (failed.code == codes::CANCELLED)
    return {.became = std::move(failed), .known = known};
  auto waits = known;
  ++waits.polls;
  return wait(job, std::move(waits), std::move(failed.why), failed.after.value_or(duration{0}),
              now);
}

}  // namespace millrace::ingest
