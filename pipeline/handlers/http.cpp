#include "pipeline/handlers/http.hpp"

#include "base/error.hpp"
#include "base/secrets.hpp"
#include "net/http/http_client.hpp"
#include "net/http/url.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/handlers/process/command_spec.hpp"
#include "pipeline/handlers/process/job_document.hpp"
#include "pipeline/handlers/process/parse_answer.hpp"
#include "pipeline/services/circuit_breaker.hpp"
#include "pipeline/services/denials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace millrace::pipeline::external {
namespace {

using namespace std::chrono_literals;

/// For a job that was refused before it is known whether all are.
constexpr duration short_snooze = 1s;

void check_url(std::string_view url) {
  const auto refuse = [&](std::string why) {
    throw error{"cannot use the handler http", std::move(why),
                "write for instance http:https://internal/publish"};
  };
  const auto scheme = url.starts_with("http://") ? 7U : url.starts_with("https://") ? 8U : 0U;
  if (scheme == 0)
    refuse(fmt::format("{} is no URL of http or https",
                       url.empty() ? "nothing" : without_secrets(url)));
  const auto host = url.substr(scheme, url.find_first_of("/?", scheme) - scheme);
  // Settings are shown, and a handler's name stands in the log.
  if (host.find('@') != std::string_view::npos)
    refuse("its URL has a user or a password in it");
  if (!net::is_http_url(url) || url.find('#') != std::string_view::npos)
    refuse(fmt::format("{} is no URL of a handler", without_secrets(url)));
}

retry again(std::string_view code, std::string why, std::optional<duration> after = {}) {
  return {std::string{code}, std::move(why), after};
}

/// What the service answers with a status that is well.
outcome read_answer(const std::string& url, const job& what, const std::string& body,
                    time_point now) {
  if (body.find_first_not_of(" \t\r\n") == std::string::npos)
    return advance{};
  const auto bad = [&](const std::string& why) {
    return again(codes::HANDLER_ANSWER, fmt::format("{} answered, but {}", url, why));
  };
  auto read = parse_answer(body, now);
  if (const auto* no = std::get_if<unusable>(&read)) {
    if (body.size() <= max_plain_answer)
      return bad(no->why);
    return reject{std::string{codes::HANDLER_OUTPUT_TOO_LARGE},
                  fmt::format("{} answered with {} bytes, but {}", url, body.size(), no->why)};
  }
  auto& said = std::get<answer>(read);
  if (said.id && *said.id != what.id)
    return bad(fmt::format("for job {} instead of {}", *said.id, what.id));
  if (auto* got = std::get_if<outcome>(&said.what))
    return std::move(*got);
  return bad("with progress only");
}

/// Whether the endpoint of a stage refuses all jobs. It is asked by one call at a time then, until
/// that is answered.
class endpoint_guard {
 public:
  endpoint_guard(std::shared_ptr<pipeline::troubles> troubles, const place& where)
      : trouble_{std::move(troubles), trouble_name(where)} {}

  struct pass {
    remote::breaker::pass by;
    std::uint64_t number = 0;
  };
  std::variant<pass, snooze> enter(time_point now) {
    const std::scoped_lock guard{mutex_};
    if (const auto wait = breaker_.wait(now))
      return snooze{now + *wait, why_, {}, std::string{codes::OUT_OF_ORDER}};
    return pass{breaker_.enter(now), denials_.begin()};
  }

  /// When to come again, if what the endpoint answered is about all jobs and not about this one.
  std::optional<snooze> ended(const pass& call, const std::string& url,
                              const net::http_response& got, time_point now) {
    using net::verdict;
    const auto what = net::judge(got);
    const std::scoped_lock guard{mutex_};
    if (what == verdict::stopped || what == verdict::transient) {
      breaker_.told_nothing(call.by, now);
      return std::nullopt;
    }
    if (what != verdict::denied || denials_.is_of_the_request(call.number, got.status, now)) {
      if (what == verdict::fine)
        denials_.answered_well(call.number);
      breaker_.succeeded(call.by, now);
      if (breaker_.state() == remote::breaker_state::closed)
        trouble_.clear();
      return std::nullopt;
    }
    if (net::is_about_the_key(got.status))
      breaker_.failed_for_all(call.by, now);
    else
      breaker_.failed(call.by, now);
    why_ = fmt::format("{}; check what the endpoint asks for, and the handler's URL",
                       net::describe(url, got, {}));
    const auto wait = breaker_.wait(now);
    if (wait)
      trouble_.set(why_, now);
    return snooze{now + wait.value_or(short_snooze), why_, {}, std::string{codes::OUT_OF_ORDER}};
  }

 private:
  std::mutex mutex_;
  remote::breaker breaker_{{}};
  remote::denials denials_;
  std::string why_;
  trouble_entry trouble_;
};

outcome outcome_of(const std::string& url, const job& what, const context& at,
                   const net::http_response& got, time_point now) {
  using net::verdict;
  const auto why = net::describe(url, got, {});
  switch (net::judge(got)) {
    case verdict::fine:
      break;
    case verdict::transient:
      return again(codes::SERVICE_FAILED, why, got.retry_after);
    case verdict::throttled:
      return again(codes::SERVICE_BUSY, why, got.retry_after);
    case verdict::denied:
    case verdict::refused:
      return reject{std::string{codes::SERVICE_REFUSED}, why};
    case verdict::malformed:
      return reject{std::string{codes::HANDLER_OUTPUT_TOO_LARGE}, why};
    case verdict::stopped:
      return snooze{at.now, "the handler was stopped"};
  }
  return read_answer(url, what, got.body, now);
}

}  // namespace

handler make_http(std::string_view url, const place& where, const settings& how) {
  check_url(url);
  const auto& stage = where.stage;
  const auto client = std::make_shared<net::http_client>(
      net::http_settings{.connect_timeout = std::min<duration>(5s, stage.timeout),
                         .read_timeout = stage.timeout,
                         .total_timeout = stage.timeout,
                         .max_response = std::int64_t{max_answer}});
  const auto guard = std::make_shared<endpoint_guard>(how.troubles, where);
  return [client, guard, where, time = how.time, url = std::string{url}](
             const job& what, const context& at) -> outcome {
    auto may = guard->enter(time->now());
    if (auto* later = std::get_if<snooze>(&may))
      return std::move(*later);
    net::http_request asked{.url = url, .traceparent = what.traceparent};
    append_job(asked.body, what, where, time->now() + where.stage.timeout);
    const auto got = client->send(asked, at.stop);
    // What stands behind it may be a secret.
    const auto shown = without_secrets(url.substr(0, url.find('?')));
    if (auto later = guard->ended(std::get<endpoint_guard::pass>(may), shown, got, time->now()))
      return std::move(*later);
    return outcome_of(shown, what, at, got, time->now());
  };
}

}  // namespace millrace::pipeline::external
