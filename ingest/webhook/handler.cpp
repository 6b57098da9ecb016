#include "ingest/webhook/handler.hpp"

#include "base/log.hpp"
#include "base/whole_number.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/webhook/verify_signature.hpp"
#include "net/http/server/bounded_count.hpp"
#include "storage/db/translate_errors.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace millrace::ingest {
namespace {

/// Calls that wait for the thread, also those that are no longer waited for.
constexpr std::size_t most_waiting = 64;

/// The job of "/webhooks/parser/42".
std::optional<job_id> job_of(std::string_view path) {
  constexpr auto prefix = webhook_path;
  if (!path.starts_with(prefix))
    return std::nullopt;
  path.remove_prefix(prefix.size());
  const auto id = parse_whole_number(path);
  return id && *id > 0 ? id : std::nullopt;
}

webhook_call call_in(const net::incoming_request& request) {
  return {.timestamp = request.header("webhook-timestamp"),
          .signature = request.header("webhook-signature"),
          .body = request.body,
          .path = request.target.path};
}

void log_call(job_id job, std::string_view what) {
  log_event(log_level::info, "WEBHOOK", {{"job", job}, {"what", what}});
}

net::outgoing_response tell(job_id job, std::string_view sentence) {
  log_call(job, sentence);
  return {.headers = {{"Content-Type", "application/json"}},
          .body = nlohmann::json{{"message", sentence}}.dump() + "\n"};
}

}  // namespace

/// What calls need, and their thread, which may outlive the handler when it hangs.
struct webhook_handler::calls {
  /// Its memory is the thread's; signatures may be checked by any.
  webhook_guard guard;
  const millrace::clock& time;
  const std::shared_ptr<net::refusal_log> refusals;
  const on_webhook with;
  net::bounded_count waiting{most_waiting};

  net::outgoing_response refuse(int status, std::string_view why,
                                const net::incoming_request& request) const {
    refusals->add(status, why, request.peer);
    return net::problem(status, why);
  }

  net::outgoing_response answer(const net::incoming_request& request, job_id job) {
    const auto call = call_in(request);
    const auto found = guard.check(call, time.now());
    if (found.what == webhook_guard::finding::refused)
      return refuse(401, found.why, request);
    if (found.what == webhook_guard::finding::seen_before)
      return tell(job, "this call has been made before: nothing changes");
    try {
      return make_call(job);
    } catch (...) {
      const auto failure = storage::current_error("cannot obey a webhook");
      guard.forget(call);
      log_event(log_level::warning, "WEBHOOK_FAILED", {{"job", job}, {"why", failure.why()}});
      return net::problem(503, "the call cannot be obeyed now: repeat it later");
    }
  }

  net::outgoing_response make_call(job_id job) const {
    switch (with(job)) {
      case called_job::run_now:
        return tell(job, "the job goes on");
      case called_job::does_not_wait:
        return tell(job, "the job does not wait for this: nothing changes");
      case called_job::unknown:
        break;
    }
    constexpr auto sentence = "there is no such job";
    log_call(job, sentence);
    return net::problem(404, sentence);
  }
};

webhook_handler::webhook_handler(std::string secret, duration tolerance,
                                 const millrace::clock& time,
                                 std::shared_ptr<net::refusal_log> refusals, on_webhook with)
    : calls_(new calls{.guard{std::move(secret), tolerance},
                       .time = time,
                       .refusals = std::move(refusals),
                       .with = std::move(with)}) {}

net::admission webhook_handler::admit(const net::incoming_request& request) {
  if (!job_of(request.target.path))
    return {.response = calls_->refuse(404, "there is nothing here", request)};
  if (request.method == "POST")
    return {};
  auto refused = calls_->refuse(405, "only POST is taken here", request);
  refused.headers.emplace_back("Allow", "POST");
  return {.response = std::move(refused)};
}

void webhook_handler::handle(net::incoming_request request, net::response_handle respond) {
  if (const auto why = calls_->guard.refusal(call_in(request), calls_->time.now())) {
    respond.send(calls_->refuse(401, *why, request));
    return;
  }
  auto place = std::make_shared<net::bounded_share>(calls_->waiting);
  if (!place->take(1)) {
    respond.send(calls_->refuse(503, "too many calls wait: repeat it later", request));
    return;
  }
  thread_.run([calls = calls_, place = std::move(place), request = std::move(request),
               respond = std::move(respond)] {
    respond.send(calls->answer(request, job_of(request.target.path).value()));
  });
}

bool webhook_handler::stop(duration patience) { return thread_.stop(patience); }

}  // namespace millrace::ingest
