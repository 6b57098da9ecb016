#include "ingest/webhook/server.hpp"

#include "base/log.hpp"
#include "base/os/poll_timeout.hpp"
#include "base/os/stop_signal.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/webhook/connection.hpp"
#include "ingest/webhook/verify_signature.hpp"
#include "net/listener.hpp"
#include "storage/db/translate_errors.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

using namespace std::chrono_literals;
using clock = webhook_connection::clock;

constexpr std::size_t most_connections = 64;
/// Refusals are logged no more often than that, because any host can cause one.
constexpr auto refusal_log_interval = 10s;

/// The job of "/webhooks/parser/42".
std::optional<job_id> job_of(std::string_view path) {
  constexpr auto prefix = webhook_path;
  if (!path.starts_with(prefix))
    return std::nullopt;
  path.remove_prefix(prefix.size());
  job_id id = 0;
  const auto* const end = path.data() + path.size();
  const auto [last, failure] = std::from_chars(path.data(), end, id);
  return failure == std::errc{} && last == end && id > 0 ? std::optional{id} : std::nullopt;
}

webhook_call call_in(const net::http_reader& asked) {
  return {.timestamp = asked.header("webhook-timestamp"),
          .signature = asked.header("webhook-signature"),
          .body = asked.body(),
          .path = asked.path()};
}

}  // namespace

/// What belongs to the thread, which may outlive the listener when it hangs.
struct webhook_server::loop {
  net::listener door;
  webhook_guard guard;
  const millrace::clock& time;
  on_webhook with;
  stop_signal stop;
  std::vector<webhook_connection> connections;
  clock::time_point next_refusal_log{};

  loop(const webhook_settings& settings, const millrace::clock& now, on_webhook what)
      : door(net::listen_at(settings.at, "the webhooks'", "service.parser.webhook_listen")),
        guard(settings.secret, settings.tolerance),
        time(now),
        with(std::move(what)) {}

  void serve() {
    const webhook_connection::answerer answer = [this](const net::http_reader& asked) {
      return answer_to(asked);
    };
    while (!stop.is_given()) {
      const bool may_come = wait();
      const auto now = clock::now();
      std::erase_if(connections, [&](webhook_connection& one) { return !one.go_on(now, answer); });
      if (may_come)
        accept_all(now);
    }
  }

 private:
  /// Waits until something happens or a caller's time is over. Whether a caller may have come.
  bool wait() {
    const auto now = clock::now();
    auto due = door.due(now);
    std::vector<pollfd> watched{{stop.fd(), POLLIN, 0}, {door.fd(now), POLLIN, 0}};
    for (const auto& one : connections) {
      watched.push_back({one.fd(), one.events(), 0});
      due = std::min(due, one.due());
    }
    ::poll(watched.data(), watched.size(), poll_timeout(due, now));
    return watched[1].revents != 0;
  }

  void accept_all(clock::time_point now) {
    while (auto come = door.accept(now)) {
      if (connections.size() == most_connections)
        connections.erase(connections.begin());
      connections.emplace_back(net::plain_stream(std::move(come)), now);
    }
  }

  std::string answer_to(const net::http_reader& asked) {
    if (asked.refusal() != 0)
      return refuse(asked.refusal(), "such a request is not taken here");
    const auto job = job_of(asked.path());
    if (!job)
      return refuse(404, "there is nothing here");
    if (asked.method() != "POST")
      return refuse(405, "only POST is taken here");
    const auto call = call_in(asked);
    const auto found = guard.check(call, time.now());
    if (found.what == webhook_guard::finding::refused)
      return refuse(401, found.why);
    if (found.what == webhook_guard::finding::seen_before)
      return tell(*job, 200, "this call has been made before: nothing changes");
    try {
      return on_webhook_call(*job);
    } catch (...) {
      const auto failure = storage::current_error("cannot obey a webhook");
      guard.forget(call);
      log_event(log_level::warning, "WEBHOOK_FAILED", {{"job", *job}, {"why", failure.why()}});
      return net::http_answer(503, "the call cannot be obeyed now: repeat it later");
    }
  }

  std::string on_webhook_call(job_id job) {
    switch (with(job)) {
      case called_job::run_now:
        return tell(job, 200, "the job goes on");
      case called_job::does_not_wait:
        return tell(job, 200, "the job does not wait for this: nothing changes");
      case called_job::unknown:
        break;
    }
    return tell(job, 404, "there is no such job");
  }

  static std::string tell(job_id job, int status, std::string_view what) {
    log_event(log_level::info, "WEBHOOK", {{"job", job}, {"what", what}});
    return net::http_answer(status, what);
  }

  std::string refuse(int status, std::string_view why) {
    if (const auto now = clock::now(); now >= next_refusal_log) {
      next_refusal_log = now + refusal_log_interval;
      log_event(log_level::warning, "WEBHOOK_REFUSED",
                {{"status", std::int64_t{status}}, {"why", why}});
    }
    return net::http_answer(status, why);
  }
};

webhook_server::webhook_server(const webhook_settings& settings, const millrace::clock& time,
                               on_webhook with)
    : loop_(std::make_shared<loop>(settings, time, std::move(with))) {
  log_event(log_level::info, "WEBHOOKS_LISTENING", {{"address", to_string(settings.at)}});
  thread_.run([state = loop_] { state->serve(); });
}

webhook_server::~webhook_server() { loop_->stop.give(); }

std::uint16_t webhook_server::port() const {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (::getsockname(loop_->door.socket(), reinterpret_cast<sockaddr*>(&at), &size) != 0)
    return 0;
  return ntohs(at.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(at).sin6_port
                                        : reinterpret_cast<const sockaddr_in&>(at).sin_port);
}

bool webhook_server::stop(duration patience) {
  loop_->stop.give();
  return thread_.stop(patience);
}

}  // namespace millrace::ingest
