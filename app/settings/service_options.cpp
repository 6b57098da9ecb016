#include "app/settings/service_options.hpp"

#include "app/settings/allowed.hpp"
#include "app/settings/endpoints.hpp"
#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "base/text_line.hpp"

#include <chrono>
#include <utility>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t mib = std::int64_t{1} << 20;
constexpr auto day = 24h;

/// May be empty.
bool is_url(std::string_view text) {
  return text.empty() || (text.find_first_of(" ,") == text.npos && parse_endpoints(text));
}

/// May be empty.
bool is_webhook_url(std::string_view text) { return is_url(text) && !text.ends_with('/'); }

bool is_service_name(std::string_view text) {
  constexpr std::size_t longest = 200;
  return !text.empty() && text.size() <= longest && one_line(text, longest) == text;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

/// May be empty. Those of millrace are settings.
bool is_variable(std::string_view text) {
  return text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
             std::string_view::npos &&
         !text.starts_with("MILLRACE_");
}

// How to reach a member of the settings, for reading and for writing.
#define MEMBER(path) ([](auto& in) -> auto& { return in.path; })

option add(std::string name, auto member, const auto& kind, std::string help) {
  return make_option<settings>(std::move(name), member, kind, std::move(help));
}

const kinds::text secret_variable{is_variable,
                                  "the name of a variable that does not begin with MILLRACE_"};
const kinds::path any_file{{is_one_line, "a path"}};
const kinds::number any_rate{0, 1'000'000'000};
const kinds::time any_timeout{10ms, 1h};

// The same in the choice of one service.
#define OF(path) ([choice](auto& in) -> auto& { return choice(in).path; })

/// What is the same for every service that is reached over HTTP: `section` is "service.parser.".
std::vector<option> remote_options(const std::string& section, auto choice,
                                   const std::string& what_mode_says) {
  return {
      add(section + "mode", OF(mode), kinds::choice<service_mode_names>{},
          what_mode_says + ": here, by a service, or by a service while it is in order and else "
                           "here."),
      add(section + "endpoints", OF(service.endpoints), kinds::endpoints{},
          "Base URLs of the service, as https://HOST/v1 priority=1 weight=2, separated by commas; "
          "a lower priority goes first."),
      add(section + "key_env", OF(key.env), secret_variable,
          "The environment variable that holds the service's key."),
      add(section + "key_file", OF(key.file), any_file, "The file that holds the service's key."),
      add(section + "ca_file", OF(service.http.ca_file), any_file,
          "Certificates of authorities (PEM) to trust instead of those of the system."),
      add(section + "concurrency", OF(service.limits.concurrent), kinds::number{1, 128},
          "Requests to one endpoint at once."),
      add(section + "requests_per_second", OF(service.limits.requests_per_second), any_rate,
          "Requests to one endpoint in a second; 0 means without limit."),
      add(section + "connect_timeout", OF(service.http.connect_timeout), any_timeout,
          "How long a connection may take to stand."),
      add(section + "read_timeout", OF(service.http.read_timeout), any_timeout,
          "How long a service may be silent while it is waited for."),
      add(section + "total_timeout", OF(service.http.total_timeout), any_timeout,
          "How long a request may take in all."),
      add(section + "max_response", OF(service.http.max_response), kinds::size{1024, 1024 * mib},
          "The largest answer that is taken."),
      add(section + "breaker_failures", OF(service.breaker.failures), kinds::number{1, 1000},
          "Failures in a row after which an endpoint is left alone for a while."),
      add(section + "breaker_window", OF(service.breaker.window), kinds::time{1s, day},
          "The time within which these failures must lie."),
      add(section + "breaker_cool_down", OF(service.breaker.cool_down), kinds::time{10ms, day},
          "How long it is left alone before one request tries it again."),
      add(section + "probe_interval", OF(service.probe_interval), kinds::time{100ms, day},
          "How often the health of the service is looked at."),
      add(section + "probe_timeout", OF(service.probe_timeout), any_timeout,
          "How long an endpoint may take to answer that."),
  };
}

#undef OF

}  // namespace

std::vector<option> parser_options() {
  auto all = remote_options("service.parser.", MEMBER(parser), "Where files are parsed");
  for (auto& more : {
           add("service.parser.files", MEMBER(parser.files), kinds::choice<remote_files_names>{},
               "Which files go to the service; text and Markdown never do."),
           add("service.parser.name", MEMBER(parser.how.name),
               kinds::text{is_plain_name, "1 to 64 lower-case letters, digits, `_`, `-` and `.`"},
               "What the service is called in documents; what one of this name has parsed is not "
               "sent again."),
           add("service.parser.poll_interval", MEMBER(parser.how.poll_interval),
               kinds::time{10ms, day},
               "How long after the upload the service is first asked whether it is done; the "
               "distance doubles with each question."),
           add("service.parser.poll_interval_max", MEMBER(parser.how.poll_interval_max),
               kinds::time{10ms, day}, "The longest distance between two questions."),
           add("service.parser.job_timeout", MEMBER(parser.how.job_timeout),
               kinds::time{1s, 30 * day},
               "How long the service may take over a file before it is sent again."),
           add("service.parser.webhook_url", MEMBER(parser.how.webhook_url),
               kinds::text{is_webhook_url, "nothing, or a URL as https://HOST"},
               "Where the service can reach webhook_listen from outside, without the path; nothing "
               "means that it is only asked."),
           add("service.parser.webhook_listen", MEMBER(parser.webhook_listen),
               kinds::text{is_listen_address, "nothing, or ADDRESS:PORT"},
               "Where a runtime takes the service's calls that a file is done; nothing means "
               "nowhere."),
           add("service.parser.webhook_secret_env", MEMBER(parser.webhook_secret.env),
               secret_variable, "The environment variable that holds the secret which signs them."),
           add("service.parser.webhook_secret_file", MEMBER(parser.webhook_secret.file), any_file,
               "The file that holds that secret."),
           add("service.parser.webhook_tolerance", MEMBER(parser.webhook_tolerance),
               kinds::time{1s, day}, "How far the time of a call may be from the runtime's."),
       })
    all.push_back(more);
  return all;
}

std::vector<option> embedder_options() {
  auto all =
      remote_options("service.embedder.", MEMBER(embedder), "Where text is turned into vectors");
  for (auto& more : {
           add("service.embedder.model", MEMBER(embedder.model.model),
               kinds::text{is_one_line, "a text in one line"},
               "The model, as the service calls it."),
           add("service.embedder.dimensions", MEMBER(embedder.model.dimensions),
               kinds::number{0, 100'000}, "Numbers in a vector of the model."),
           add("service.embedder.request_dimensions", MEMBER(embedder.model.asks_for_dimensions),
               kinds::truth{}, "Whether the service is told to make vectors of so many numbers."),
           add("service.embedder.batch", MEMBER(embedder.model.batch), kinds::number{1, 256},
               "Texts in one request at most."),
           add("service.embedder.batch_tokens", MEMBER(embedder.model.batch_tokens),
               kinds::number{1, 1'000'000}, "Tokens in one request at most, as estimated."),
           add("service.embedder.tokens_per_minute",
               MEMBER(embedder.service.limits.tokens_per_minute), any_rate,
               "Tokens sent to one endpoint in a minute; 0 means without limit."),
       })
    all.push_back(more);
  return all;
}

std::vector<option> telemetry_options() {
  return {
      add("telemetry.otlp_endpoint", MEMBER(telemetry.endpoint),
          kinds::text{is_url, "nothing, or a URL as http://HOST:4318"},
          "Where a collector of OpenTelemetry takes traces over HTTP; without a path it is "
          "/v1/traces; nothing means that no traces are made."),
      add("telemetry.trace_ratio", MEMBER(telemetry.ratio), kinds::share{},
          "The share of jobs that have a trace, of those whose submitter does not say it."),
      add("telemetry.service_name", MEMBER(telemetry.service_name),
          kinds::text{is_service_name, "1 to 200 characters in one line"},
          "What the runtime is called in its traces."),
      add("telemetry.key_env", MEMBER(telemetry.key.env), secret_variable,
          "The environment variable that holds the collector's key (Authorization: Bearer)."),
      add("telemetry.key_file", MEMBER(telemetry.key.file), any_file,
          "The file that holds the collector's key."),
      add("telemetry.ca_file", MEMBER(telemetry.ca_file), any_file,
          "Certificates of authorities (PEM) to trust instead of those of the system."),
  };
}

#undef MEMBER

}  // namespace millrace::app
