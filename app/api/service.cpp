#include "app/api/service.hpp"

#include "app/api/console_files.hpp"
#include "app/api/routes/routes.hpp"
#include "app/services.hpp"
#include "base/check.hpp"
#include "base/whole_number.hpp"
#include "pipeline/job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace millrace::app::api {
namespace {

using namespace std::chrono_literals;

/// Requests at work at once, and those about many jobs.
constexpr unsigned worker_count = 4;
constexpr unsigned bulk_worker_count = 2;
constexpr duration longest_wait = 5min;

storage::database_settings database_of(const configuration& config) {
  auto settings = config.values.runtime.database;
  // One for those that wait.
  settings.pooled = worker_count + bulk_worker_count + 1;
  return settings;
}

bool wants_stream(const request& asked) {
  return asked.header("accept").find("text/event-stream") != std::string_view::npos;
}

/// The route of the request. Throws problem 404 or 405.
match route_of(const request& asked) {
  auto at = find_route(asked);
  if (at.found == nullptr && at.allowed.empty())
    throw not_found(fmt::format("there is no {}", asked.target.path),
                    "GET /v1/openapi.json lists all");
  if (at.found == nullptr)
    throw problem{405, "METHOD_NOT_ALLOWED", "the request cannot be used",
                  fmt::format("{} has no {}", asked.target.path, asked.method),
                  fmt::format("use {}", at.allowed)}
        .with("Allow", at.allowed);
  return at;
}

void check_body(const request& asked, const route& wanted) {
  const auto& types = wanted.body.types;
  if (types.empty())
    return;
  const auto type = media_type(asked.header("content-type"));
  if (std::find(types.begin(), types.end(), type) == types.end())
    throw problem{415, "MEDIA_TYPE_UNKNOWN", "the request cannot be used",
                  fmt::format("its body is `{}`", type),
                  fmt::format("send {}", fmt::join(types, " or "))};
}

net::outgoing_response preflight(const std::string& origin, const std::string& methods) {
  return {.status = 204,
          .headers = {{"Access-Control-Allow-Origin", origin},
                      {"Access-Control-Allow-Methods", methods},
                      {"Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, traceparent"},
                      {"Access-Control-Max-Age", "600"},
                      {"Vary", "Origin"}}};
}

/// After which event a stream goes on; what happens from now on where the request does not say.
std::int64_t begin_of_stream(call& in) {
  const auto header = in.asked().header("last-event-id");
  if (header.empty() && in.has("after"))
    return in.number("after", 0);
  if (header.empty())
    return in.with_database([](storage::connection& on) { return storage::last_event_id(on); });
  const auto id = parse_whole_number(header);
  if (!id || *id < 0)
    throw bad_request(fmt::format("the Last-Event-ID `{}` is no id of an event", header),
                      "send the last `id` of the stream");
  return *id;
}

}  // namespace

service::service(const service_setup& setup, access_settings access)
    : setup_(setup),
      connections_(database_of(setup.config)),
      access_(std::move(access), connections_, setup.database_time),
      around_{.config = setup.config,
              .pipelines = setup.pipelines,
              .connections = connections_,
              .access = access_,
              .time = setup.database_time,
              .status = setup.status,
              .traces = setup.traces,
              .ending = ending_.get_token(),
              .embedder = [this] { return embedder(); }},
      waiter_(connections_),
      streams_(setup.config.values.runtime.database),
      workers_(worker_count),
      bulk_workers_(bulk_worker_count) {}

service::~service() { on_stop(); }

net::admission service::admit(const net::incoming_request& asked) {
  try {
    access_.check_site(asked);
    if (auto page = console_response(asked))
      return {.response = *std::move(page)};
    if (asked.method == "OPTIONS") {
      const auto origin = access_.allowed_origin(asked);
      if (const auto at = find_route(asked); !origin.empty() && !at.allowed.empty())
        return {.response = preflight(origin, at.allowed)};
    }
    const auto at = route_of(asked);
    access_check::check_token_is_shown(asked, *at.found);
    check_body(asked, *at.found);
    return {.body_limit =
                at.found->body_limit != 0 ? at.found->body_limit : largest_upload(setup_.config)};
  } catch (const problem& refused) {
    return {.response = with_origin(asked, refused.answer())};
  }
}

void service::handle(net::incoming_request asked, net::response_handle respond) {
  auto at = find_route(asked);
  // Others were refused by admit().
  MILLRACE_CHECK(at.found != nullptr);
  auto& workers = at.found->mode == answer_mode::many_jobs ? bulk_workers_ : workers_;
  auto taken = std::make_shared<const arrival>(arrival{std::move(asked), std::move(at)});
  workers.run([this, taken = std::move(taken), respond = std::move(respond)] {
    answer(taken, respond, /*may_wait=*/true);
  });
}

void service::answer(const std::shared_ptr<const arrival>& taken,
                     const net::response_handle& respond, bool may_wait) {
  const auto& [asked, at] = *taken;
  try {
    call in{around_, asked, at, access_.authenticate(asked, *at.found)};
    if (!may_wait || !comes_later(in, taken, respond))
      respond.send(with_origin(asked, at.found->run(in)));
  } catch (const std::exception& failure) {
    respond.send(with_origin(asked, answer_failure(failure)));
  }
}

bool service::comes_later(call& in, const std::shared_ptr<const arrival>& taken,
                          const net::response_handle& respond) {
  switch (taken->at.found->mode) {
    case answer_mode::at_once:
    case answer_mode::many_jobs:
      break;
    case answer_mode::end_of_job:
      return wait_for_end(in, taken, respond);
    case answer_mode::events:
      return stream_events(in, taken, respond);
  }
  return false;
}

bool service::wait_for_end(call& in, const std::shared_ptr<const arrival>& taken,
                           const net::response_handle& respond) {
  const auto wait = std::min(in.wait("wait"), longest_wait);
  if (wait.count() <= 0 || ending_.stop_requested())
    return false;
  const auto job =
      in.with_database([&](storage::connection& on) { return find_visible_job(on, in); });
  if (pipeline::has_ended(job.state))
    return false;
  waiter_.wait(job.id, job_waiter::clock::now() + wait,
               [this, taken, respond] { answer(taken, respond, /*may_wait=*/false); });
  return true;
}

bool service::stream_events(call& in, const std::shared_ptr<const arrival>& taken,
                            const net::response_handle& respond) {
  if (!wants_stream(in.asked()))
    return false;
  auto filter = events_of(in);
  event_wish wish{.code = std::move(filter.code),
                  .pipeline = in.bound("pipeline", in.holder().pipeline),
                  .after = begin_of_stream(in)};
  response head{.headers = {{"Content-Type", "text/event-stream"},
                            {"Cache-Control", "no-store"},
                            {"X-Accel-Buffering", "no"}}};
  auto to = respond.stream(with_origin(in.asked(), std::move(head)));
  to.send("retry: 1000\n\n");
  streams_.add(std::move(to), std::move(wish), [this, taken] { return is_still_allowed(*taken); });
  return true;
}

bool service::is_still_allowed(const arrival& taken) {
  try {
    access_.authenticate(taken.asked, *taken.at.found);
    return true;
  } catch (const problem&) {
    return false;
  } catch (const storage::error&) {
    return true;  // Nothing can be read either.
  }
}

response service::with_origin(const request& asked, response made) const {
  if (auto origin = access_.allowed_origin(asked); !origin.empty()) {
    made.headers.emplace_back("Access-Control-Allow-Origin", std::move(origin));
    made.headers.emplace_back("Access-Control-Expose-Headers",
                              "Retry-After, Idempotency-Replayed, Allow, WWW-Authenticate");
    made.headers.emplace_back("Vary", "Origin");
  }
  made.headers.emplace_back("X-Content-Type-Options", "nosniff");
  // What a session sees is for no cache on the way.
  const bool says_caching =
      std::any_of(made.headers.begin(), made.headers.end(),
                  [](const auto& one) { return one.first == "Cache-Control"; });
  if (!says_caching)
    made.headers.emplace_back("Cache-Control", "no-store");
  return made;
}

std::shared_ptr<const ingest::embedder> service::embedder() {
  const std::scoped_lock guard{mutex_};
  if (!embedder_)
    embedder_ = make_embedder(setup_.config.values, setup_.machine_time).worker;
  return embedder_;
}

void service::on_stop() {
  ending_.request_stop();
  waiter_.stop(1s);
  streams_.stop(1s);
}

bool service::stop(duration patience) {
  ending_.request_stop();
  const bool waiter_ended = waiter_.stop(patience);
  const bool streams_ended = streams_.stop(patience);
  const bool workers_ended = workers_.stop(patience);
  return bulk_workers_.stop(patience) && workers_ended && waiter_ended && streams_ended;
}

}  // namespace millrace::app::api
