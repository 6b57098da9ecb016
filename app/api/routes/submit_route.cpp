#include "app/api/routes/routes.hpp"
#include "app/commands/submit/job_line.hpp"
#include "base/digest.hpp"
#include "base/duration.hpp"
#include "pipeline/job_fields.hpp"
#include "pipeline/tracing/trace_context.hpp"
#include "storage/access/idempotency.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::app::api {
namespace {

constexpr std::size_t longest_key = 200;
/// Of a batch, which is in memory at once.
constexpr std::size_t most_jobs = 100'000;

/// What the request says of all of its jobs.
storage::new_job model_of(const call& in) {
  storage::new_job job;
  const auto name = in.bound("pipeline", in.holder().pipeline);
  if (name.empty())
    throw not_found("`pipeline` is missing", "GET /v1/stages lists them");
  job.pipeline = find_visible_pipeline(in, name);
  job.tenant = in.holder().tenant;
  job.traceparent = traceparent_of(in);
  return job;
}

storage::unique_key unique_of(const call& in) {
  storage::unique_key unique;
  if (in.has("unique_while"))
    unique.holds_while = pipeline::parse_unique_scope(in.text("unique_while")).value();
  for (const auto conflict : pipeline::all_unique_conflicts)
    if (in.text("on_conflict") == to_string(conflict))
      unique.on_conflict = conflict;
  return unique;
}

storage::new_job read_one(const call& in, std::string_view text, std::int64_t line,
                          const storage::new_job& model, const storage::unique_key& unique) {
  const auto refuse = [&](const std::string& why) {
    throw problem{400, "JOB_INVALID", "nothing was submitted",
                  line == 0 ? why : fmt::format("line {}: {}", line, why),
                  "mend it and send the request again"};
  };
  storage::new_job job;
  try {
    job = read_job_line(text, model, unique, in.around().time.now());
  } catch (const pipeline::bad_field& bad) {
    refuse(bad.what());
  }
  if (!in.holder().tenant.empty() && job.tenant != in.holder().tenant)
    refuse(fmt::format("the token is bound to the tenant `{}`", in.holder().tenant));
  return job;
}

bool is_batch(const call& in) {
  return media_type(in.asked().header("content-type")) == "application/x-ndjson";
}

std::vector<storage::new_job> read_jobs(const call& in) {
  const auto model = model_of(in);
  const auto unique = unique_of(in);
  const std::string_view body = in.asked().body;
  if (!is_batch(in))
    return {read_one(in, body, 0, model, unique)};
  std::vector<storage::new_job> jobs;
  std::int64_t line = 0;
  for (std::size_t begin = 0; begin < body.size();) {
    const auto end = std::min(body.find('\n', begin), body.size());
    const auto text = body.substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos)
      continue;
    if (jobs.size() == most_jobs)
      throw problem{413, "BATCH_TOO_LARGE", "nothing was submitted",
                    fmt::format("the body has more than {} jobs", most_jobs),
                    "send them in several requests"};
    jobs.push_back(read_one(in, text, line, model, unique));
  }
  if (jobs.empty())
    throw problem{400, "JOB_INVALID", "nothing was submitted", "the body has no line",
                  "send a JSON document a line"};
  return jobs;
}

std::string_view name_of(storage::submitted_job::submit_result became) {
  constexpr std::array<std::string_view, 3> names{"made", "kept", "replaced"};
  return names.at(static_cast<std::size_t>(became));
}

/// Written by hand: a batch may have 100,000 jobs.
std::string answer_of(const call& in, const std::vector<storage::submitted_job>& made) {
  fmt::memory_buffer text;
  const auto add = [&](const storage::submitted_job& job) {
    fmt::format_to(std::back_inserter(text), R"({{"job_id":{},"result":"{}"}})", job.id,
                   name_of(job.became));
  };
  if (!is_batch(in)) {
    add(made.front());
    return fmt::to_string(text);
  }
  std::string_view before = R"({"jobs":[)";
  for (const auto& job : made) {
    text.append(before);
    add(job);
    before = ",";
  }
  text.append(std::string_view{"]}"});
  return fmt::to_string(text);
}

/// Of the request as a whole, for what asks again.
std::string digest_of(const call& in) {
  std::string whole;
  for (const auto& [name, value] : in.asked().target.query)
    whole += name + '\0' + value + '\0';
  whole += is_batch(in) ? "lines" : "document";
  return sha256_hex(whole + '\0' + in.asked().body);
}

std::string request_name(const call& in) {
  const auto key = in.asked().header("idempotency-key");
  if (key.empty())
    return {};
  if (key.size() > longest_key)
    throw bad_request(fmt::format("the Idempotency-Key has {} bytes", key.size()),
                      fmt::format("it may have {}", longest_key));
  return sha256_hex(in.holder().name) + '/' + std::string{key};
}

response again(const call& in, const storage::kept_answer& known) {
  if (known.digest != digest_of(in))
    throw problem{422, "IDEMPOTENCY_KEY_REUSED", "nothing was submitted",
                  "another request was sent with that Idempotency-Key within a day",
                  "use a new key for each request"};
  auto answer = typed_response("application/json", known.answer);
  answer.headers.emplace_back("Idempotency-Replayed", "true");
  return answer;
}

}  // namespace

std::string traceparent_of(const call& in) {
  const auto at = pipeline::tracing::parse_traceparent(in.asked().header("traceparent"));
  return at ? to_traceparent(*at) : "";
}

problem queue_full(const storage::queue_is_full& full) {
  const auto wait = full.room_in ? std::chrono::ceil<std::chrono::seconds>(*full.room_in)
                                 : std::chrono::seconds{1};
  return problem{429, "QUEUE_FULL", "nothing was submitted",
                 fmt::format("the queue of {} is full: {} of {} jobs are unfinished", full.pipeline,
                             full.depth, full.limit),
                 "send the request again after Retry-After"}
      .with("Retry-After", fmt::to_string(std::max<std::int64_t>(wait.count(), 1)));
}

response submit_jobs(call& in) {
  const auto jobs = read_jobs(in);
  const auto name = request_name(in);
  const auto now = in.around().time.now();
  return in.with_database([&](storage::connection& on) -> response {
    if (!name.empty())
      if (const auto known = storage::find_answer(on, name, now))
        return again(in, *known);
    storage::job_store store{on, in.around().pipelines};
    storage::transaction tx{on};
    const auto answer = store.submitter.submit(jobs, now);
    if (const auto* full = std::get_if<storage::queue_is_full>(&answer))
      throw queue_full(*full);
    if (const auto* held = std::get_if<storage::key_is_held>(&answer))
      throw problem{409, "UNIQUE_KEY_HELD", "nothing was submitted",
                    fmt::format("job {}, which is {}, holds the unique key `{}`", held->holder,
                                to_string(held->holder_state), held->key),
                    fmt::format("GET /v1/jobs/{} shows it", held->holder)};
    auto text = answer_of(in, std::get<std::vector<storage::submitted_job>>(answer));
    if (!name.empty() && !storage::keep_answer(on, name, {digest_of(in), text}, now))
      throw problem{409, "REQUEST_IN_PROGRESS", "nothing was submitted",
                    "the same request was answered at this moment", "send it again"};
    tx.commit();
    return typed_response("application/json", std::move(text), 201);
  });
}

}  // namespace millrace::app::api
