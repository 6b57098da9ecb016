#include "actors/inspector/client/client.hpp"

#include "actors/inspector/protocol/json_codec.hpp"

#include <chrono>
#include <utility>

namespace millrace::actors {
namespace {

constexpr auto answer_patience = std::chrono::seconds{5};

attach_error gone(std::string why) {
  return {std::move(why), "see the runtime's log, or start one with `millrace run`"};
}

}  // namespace

attachment::attachment(const inspector_address& where, const std::string& version)
    : through_(attach_to(where, version)) {}

template <class Request>
typename Request::answer attachment::ask(Request asked) {
  const auto deadline = net::line_stream::clock::now() + answer_patience;
  std::string line;
  auto became = through_.send(to_line(request{std::move(asked)}), deadline);
  if (became == net::line_stream::end::well)
    became = through_.read(line, answer_limit, deadline);
  if (became == net::line_stream::end::closed)
    throw gone("the runtime went away");
  if (became == net::line_stream::end::too_late)
    throw gone("the runtime does not answer");
  try {
    return read_answer<typename Request::answer>(line);
  } catch (const wire_error& e) {
    throw attach_error{e.why(), e.next()};
  }
}

runtime_view attachment::runtime() { return ask(get_runtime{}); }
actors_view attachment::actors() { return ask(get_actors{}); }
stages_view attachment::stages() { return ask(get_stages{}); }
health_view attachment::health() { return ask(get_health_view{}); }
runtimes_view attachment::runtimes() { return ask(get_runtimes{}); }
services_view attachment::services() { return ask(get_services_view{}); }
jobs_view attachment::jobs(const get_jobs& filter) { return ask(filter); }
job_view attachment::job(pipeline::job_id id) { return ask(get_job{id}); }
events_view attachment::events(const get_events& filter) { return ask(filter); }
sent_back_view attachment::send_back(const send_back_dead& what) { return ask(what); }
order_answer attachment::change(const change_order& what) { return ask(give_order{what}); }

}  // namespace millrace::actors
