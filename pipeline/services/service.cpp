#include "pipeline/services/service.hpp"

#include "pipeline/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::pipeline::remote {
namespace {

using namespace std::chrono_literals;

/// Before the second try: the service may need a moment, and others notice that it is out.
constexpr duration moment = 250ms;
/// A thread waits no longer than that for a turn; the job comes again.
constexpr duration patience = 10s;
/// No job is sent away for less.
constexpr duration shortest_snooze = 50ms;
/// For a job that found the service out, where no other call has reached it either.
constexpr duration short_snooze = 1s;

constexpr int not_found = 404;

/// What a service answers where its URL leads elsewhere, or it has no such model.
bool is_wrong_place(int status) {
  constexpr int not_allowed = 405;
  return (status >= 300 && status < 400) || status == not_found || status == not_allowed;
}

retry no_longer_wanted() {
  return {std::string{codes::CANCELLED}, "the answer is no longer wanted", {}};
}

}  // namespace

service::service(std::string name, service_settings settings, std::string key, const clock& time)
    : name_(std::move(name)),
      settings_(std::move(settings)),
      time_(time),
      client_(settings_.http),
      prober_({.connect_timeout = settings_.probe_timeout,
               .read_timeout = settings_.probe_timeout,
               .total_timeout = settings_.probe_timeout,
               .max_response = settings_.http.max_response,
               .ca_file = settings_.http.ca_file}),
      key_(std::move(key)),
      endpoints_(settings_.endpoints, settings_.limits, settings_.breaker),
      denials_(settings_.endpoints.size()),
      probed_(settings_.endpoints.size(), endpoint_health{.since = time.now()}) {}

void service::read_key_with(std::function<std::optional<std::string>()> source) {
  key_source_ = std::move(source);
}

std::string service::key() const {
  const std::scoped_lock guard{mutex_};
  return key_;
}

void service::look_for_another_key(const std::string& refused) {
  auto found = key_source_ ? key_source_() : std::nullopt;
  const std::scoped_lock guard{mutex_};
  if (found && key_ == refused)
    key_ = std::move(*found);
}

bool service::refuses_all(endpoint_pool::report& how, const net::http_response& got,
                          const call& what, const numbered& of) {
  const bool is_denied = how.what == net::verdict::denied;
  // Where one endpoint must answer, 404 says that it does not know what it is asked about.
  const bool is_misplaced =
      how.what == net::verdict::refused && what.at.empty() && is_wrong_place(got.status);
  if (!is_denied && !is_misplaced)
    return false;
  {
    const std::scoped_lock guard{mutex_};
    if (denials_[of.endpoint].is_of_the_request(of.number, got.status, time_.now()))
      return false;
  }
  how.why += is_denied
                 ? fmt::format("; check service.{0}.key_file or key_env, and the account", name_)
                 : fmt::format("; check service.{0}.endpoints and the model", name_);
  return true;
}

service::result service::make(const call& what, const reader& read, const std::stop_token& stop) {
  course to;
  if (!what.at.empty()) {
    to.only = endpoints_.find(what.at);
    if (!to.only)
      return missing{fmt::format("{} is no endpoint of the service {} any more", what.at, name_)};
  }
  for (;;) {
    auto turn = wait_for_turn(what, to, stop);
    if (auto* none = std::get_if<result>(&turn))
      return std::move(*none);
    const auto& by = std::get<endpoint_pool::pass>(turn);
    const auto outcome = try_at(by, what, read, stop);
    if (outcome.how.what == net::verdict::fine)
      return answered{endpoints_.url_of(by)};
    if (auto last = verdict_on_job(outcome, to, stop))
      return std::move(*last);
    to.failed = by.endpoint;
    pause(stop);
  }
}

service::tried service::try_at(const endpoint_pool::pass& by, const call& what, const reader& read,
                               const std::stop_token& stop) {
  tried outcome;
  std::uint64_t number = 0;
  std::string key;
  {
    const std::scoped_lock guard{mutex_};
    outcome.answered_before = answered_;
    number = denials_[by.endpoint].begin();
    key = key_;
  }
  auto& how = outcome.how;
  how.what = net::verdict::stopped;
  try {
    const auto url = endpoints_.url_of(by) + what.path;
    const auto response = client_.send({.url = url,
                                        .body = what.body,
                                        .key = key,
                                        .content_type = what.content_type,
                                        .traceparent = what.traceparent},
                                       stop);
    outcome.got_an_answer = response.how == net::http_ending::answered;
    outcome.knows_nothing = outcome.got_an_answer && response.status == not_found;
    how.what = judge(response);
    how.retry_after = response.retry_after;
    how.why = describe(url, response, key);
    if (refuses_all(how, response, what, {by.endpoint, number})) {
      how.what = net::verdict::denied;
      how.for_all = net::is_about_the_key(response.status);
      look_for_another_key(key);
    } else if (how.what == net::verdict::denied) {
      how.what = net::verdict::refused;
    } else if (how.what == net::verdict::fine) {
      const auto found = read(response.body);
      how.tokens = found.tokens;
      if (!found.fault.empty()) {
        how.what = net::verdict::malformed;
        how.why = fmt::format("{} answered {} after {:.3f} s, but {}", url, response.status,
                              std::chrono::duration<double>(response.took).count(), found.fault);
      }
    }
  } catch (...) {
    end(by, {.what = net::verdict::stopped}, number);
    throw;
  }
  end(by, how, number);
  return outcome;
}

std::optional<service::result> service::verdict_on_job(const tried& outcome, const course& to,
                                                       const std::stop_token& stop) {
  const auto& how = outcome.how;
  const bool is_second = to.failed.has_value();
  switch (how.what) {
    case net::verdict::fine:
      break;
    case net::verdict::stopped:
      return no_longer_wanted();
    case net::verdict::refused:
      if (to.only && outcome.knows_nothing)
        return missing{how.why};
      return reject{std::string{codes::SERVICE_REFUSED}, how.why};
    case net::verdict::denied:
      if (auto away = outage(to))
        return std::move(*away);
      // A few in a row show it; until then the job asks again soon.
      if (is_second)
        return come_again({short_snooze, true, how.why, true}, time_.now());
      break;
    case net::verdict::malformed:
      if (is_second)
        return reject{std::string{codes::SERVICE_ANSWER}, how.why};
      break;
    case net::verdict::throttled:
      if (is_second || outage(to))
        return retry{std::string{codes::SERVICE_BUSY}, how.why, how.retry_after};
      break;
    case net::verdict::transient:
      return verdict_on_failure(outcome, to, stop);
  }
  return std::nullopt;
}

std::optional<service::result> service::verdict_on_failure(const tried& outcome, const course& to,
                                                           const std::stop_token& stop) {
  const auto& how = outcome.how;
  // What shows that no endpoint is in order is not the job's failure.
  if (auto away = outage(to))
    return std::move(*away);
  retry failed{std::string{codes::SERVICE_FAILED}, how.why, how.retry_after};
  if (how.retry_after && (to.only || endpoints_.size() == 1))
    return failed;
  if (!to.failed)
    return std::nullopt;
  // The last call before an outage cannot know that it is one: others will in a moment.
  pause(stop);
  if (auto away = outage(to))
    return std::move(*away);
  const std::scoped_lock guard{mutex_};
  if (outcome.got_an_answer || answered_ != outcome.answered_before)
    return failed;
  return come_again({.wait = short_snooze, .is_out = true, .why = how.why}, time_.now());
}

std::optional<snooze> service::outage(const course& to) const {
  const auto now = time_.now();
  const std::scoped_lock guard{mutex_};
  const auto none = to.only ? endpoints_.outage_at(*to.only, now) : endpoints_.outage(now);
  return none ? std::optional{come_again(*none, now)} : std::nullopt;
}

void service::pause(const std::stop_token& stop) {
  std::unique_lock guard{mutex_};
  turn_.wait_for(guard, stop, moment, [&] { return stop.stop_requested(); });
}

snooze service::come_again(const endpoint_pool::closed& none, time_point now) const {
  snooze later{now + std::max(none.wait, shortest_snooze),
               fmt::format("the service {} {}: {}", name_,
                           none.is_denied ? "refuses all requests"
                           : none.is_out  ? "is out"
                                          : "is at its limits",
                           none.why)};
  if (none.is_denied)
    later.code = codes::OUT_OF_ORDER;
  return later;
}

std::variant<endpoint_pool::pass, service::result> service::wait_for_turn(
    const call& what, const course& to, const std::stop_token& stop) {
  const auto began = time_.now();
  std::unique_lock guard{mutex_};
  for (;;) {
    if (stop.stop_requested())
      return result{no_longer_wanted()};
    const auto now = time_.now();
    auto chosen = to.only ? endpoints_.choose_at(*to.only, what.tokens, now)
                          : endpoints_.choose(what.tokens, now, to.failed);
    if (const auto* by = std::get_if<endpoint_pool::pass>(&chosen))
      return *by;
    const auto& none = std::get<endpoint_pool::closed>(chosen);
    if (none.is_out || now - began + none.wait > patience)
      return result{come_again(none, now)};
    turn_.wait_for(guard, stop, none.wait, [&, seen = ended_] { return ended_ != seen; });
  }
}

void service::end(const endpoint_pool::pass& by, const endpoint_pool::report& how,
                  std::uint64_t number) {
  {
    const std::scoped_lock guard{mutex_};
    endpoints_.ended(by, how, time_.now());
    ++ended_;
    answered_ += how.what == net::verdict::fine ? 1 : 0;
    if (how.what == net::verdict::fine)
      denials_[by.endpoint].answered_well(number);
  }
  turn_.notify_all();
}

void service::probe(const std::stop_token& stop) {
  for (std::size_t i = 0; i < endpoints_.size() && !stop.stop_requested(); ++i) {
    const auto url = endpoints_.url_of({.endpoint = i}) + settings_.probe_path;
    const auto key = this->key();
    const auto response = prober_.send({.url = url, .key = key}, stop);
    const auto what = judge(response);
    endpoint_health now{.is_out = what == net::verdict::transient || what == net::verdict::denied,
                        .since = time_.now(),
                        .why = {}};
    if (now.is_out)
      now.why = describe(url, response, key);
    if (what == net::verdict::denied) {
      now.why += fmt::format("; check service.{0}.key_file or key_env, and the account", name_);
      look_for_another_key(key);
    }
    const std::scoped_lock guard{mutex_};
    if (now.is_out == probed_[i].is_out)
      now.since = probed_[i].since;
    if (what != net::verdict::stopped)
      probed_[i] = std::move(now);
  }
}

service_health service::health() const {
  std::unique_lock guard{mutex_};
  auto all = probed_;
  const auto states = endpoints_.states();
  guard.unlock();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (states[i].state != breaker_state::closed)
      all[i] = {.is_out = true, .since = states[i].since, .why = states[i].why};
    all[i].url = states[i].url;
    all[i].breaker = states[i].state;
  }
  return summarise(name_, std::move(all));
}

}  // namespace millrace::pipeline::remote
