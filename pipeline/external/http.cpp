#include "pipeline/external/http.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/error.hpp"
#include "pipeline/external/answer.hpp"
#include "pipeline/external/job_document.hpp"
#include "pipeline/remote/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace millrace::pipeline::external {
namespace {

using namespace std::chrono_literals;

/// A service that asks for more is not believed.
constexpr duration longest_wait = 24h;

void check_url(std::string_view url) {
  const auto refuse = [&](std::string why) {
    throw error{"cannot use the handler http", std::move(why),
                "write for instance http:https://internal/publish"};
  };
  const auto scheme = url.starts_with("http://") ? 7U : url.starts_with("https://") ? 8U : 0U;
  if (scheme == 0)
    refuse(fmt::format("{} is no URL of http or https", url.empty() ? "nothing" : url));
  const auto host = url.substr(scheme, url.find_first_of("/?", scheme) - scheme);
  // Settings are shown, and a handler's name stands in the log.
  if (host.find('@') != std::string_view::npos)
    refuse("its URL has a user or a password in it");
  if (host.empty() || url.find_first_of(" \t#") != std::string_view::npos)
    refuse(fmt::format("{} is no URL of a handler", url));
}

retry again(std::string_view code, std::string why, std::optional<duration> after = {}) {
  if (after)
    after = std::min(*after, longest_wait);
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
  if (const auto* no = std::get_if<unusable>(&read))
    return bad(no->why);
  auto& said = std::get<answer>(read);
  if (said.id && *said.id != what.id)
    return bad(fmt::format("for job {} instead of {}", *said.id, what.id));
  if (auto* got = std::get_if<outcome>(&said.what))
    return std::move(*got);
  return bad("with progress only");
}

outcome outcome_of(const std::string& url, const job& what, const context& at,
                   const remote::http_response& got, time_point now) {
  using remote::verdict;
  const auto why = remote::describe(url, got, {});
  switch (remote::judge(got)) {
    case verdict::fine:
      break;
    case verdict::transient:
      return again(codes::SERVICE_FAILED, why, got.retry_after);
    case verdict::throttled:
      return again(codes::SERVICE_BUSY, why, got.retry_after);
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
  const auto client = std::make_shared<remote::http_client>(
      remote::http_settings{.connect_timeout = std::min<duration>(5s, stage.timeout),
                            .read_timeout = stage.timeout,
                            .total_timeout = stage.timeout,
                            .max_response = 2 * std::int64_t{max_output}});
  return [client, where, time = how.time, url = std::string{url}](const job& what,
                                                                  const context& at) -> outcome {
    remote::http_request asked{.url = url};
    append_job(asked.body, what, where, time->now() + where.stage.timeout);
    const auto got = client->send(asked, at.stop);
    // What stands behind it may be a secret.
    return outcome_of(url.substr(0, url.find('?')), what, at, got, time->now());
  };
}

}  // namespace millrace::pipeline::external
