#include "net/http/http_response.hpp"

#include "base/bounds.hpp"
#include "base/duration.hpp"
#include "base/json/json_depth.hpp"
#include "base/text_line.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace millrace::net {
namespace {

/// Of the body of an error.
constexpr std::size_t longest_read = 65536;

using nlohmann::json;

/// The text of the first of these members that is there, as it is or within.
std::string text_in(const json& from) {
  if (from.is_string())
    return from.get<std::string>();
  if (!from.is_object())
    return {};
  for (const auto* name : {"error", "message", "detail"})
    if (const auto at = from.find(name); at != from.end())
      if (auto text = text_in(*at); !text.empty())
        return text;
  return {};
}

std::string outcome_text(const http_response& what) {
  switch (what.how) {
    case http_ending::answered:
      return fmt::format("answered {}", what.status);
    case http_ending::not_connected:
      return "could not be reached";
    case http_ending::timed_out:
      return "did not answer in time";
    case http_ending::broken:
      return "broke the connection off";
    case http_ending::too_large:
      return "answered with too much";
    case http_ending::stopped:
      return "was not waited for";
  }
  return {};
}

}  // namespace

bool is_about_the_key(int status) {
  constexpr int unauthorised = 401;
  constexpr int payment_required = 402;
  constexpr int proxy_unauthorised = 407;
  return status == unauthorised || status == payment_required || status == proxy_unauthorised;
}

verdict judge(const http_response& what) {
  switch (what.how) {
    case http_ending::not_connected:
    case http_ending::timed_out:
    case http_ending::broken:
      return verdict::transient;
    case http_ending::too_large:
      return verdict::malformed;
    case http_ending::stopped:
      return verdict::stopped;
    case http_ending::answered:
      break;
  }
  constexpr int request_timeout = 408;
  constexpr int too_early = 425;
  constexpr int too_many_requests = 429;
  constexpr int forbidden = 403;
  if (is_about_the_key(what.status) || what.status == forbidden)
    return verdict::denied;
  if (what.status == too_many_requests)
    return verdict::throttled;
  if (what.status >= 500 || what.status == request_timeout || what.status == too_early)
    return verdict::transient;
  return what.status >= 200 && what.status < 300 ? verdict::fine : verdict::refused;
}

std::string describe(std::string_view url, const http_response& what, std::string_view secret) {
  const auto seconds = std::chrono::duration<double>(what.took).count();
  // The secret goes before anything is cut, for a part of it would be one too; and after what is
  // not printable is left out, which may have stood within it.
  const auto why = without(what.how == http_ending::answered
                               ? service_message(without(what.body.substr(0, longest_read), secret))
                               : what.why,
                           secret);
  return fmt::format(
      "{} {} after {:.3f} s{}{}{}", url, outcome_text(what), seconds, why.empty() ? "" : ": ", why,
      what.retry_after_is_cut ? fmt::format(" (it wants a longer pause than {}, which is taken)",
                                            format_duration(bounds::longest_retry_after))
                              : "");
}

std::string without(std::string text, std::string_view secret) {
  if (secret.empty())
    return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "***");
  return text;
}

std::string service_message(std::string_view body) {
  auto text = is_too_deep(body) ? std::string{}
                                : text_in(json::parse(body, nullptr, /*allow_exceptions=*/false));
  if (text.empty())
    text = body.substr(0, body.find('\n'));
  return one_line(text);
}

}  // namespace millrace::net
