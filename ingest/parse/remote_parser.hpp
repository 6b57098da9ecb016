#pragma once

#include "ingest/model.hpp"
#include "ingest/parse/remote_job.hpp"
#include "pipeline/api.hpp"
#include "pipeline/services/service.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::ingest {

struct remote_parser_settings {
  /// What the parser is called; a text that one of this name made is not made again.
  std::string name = "remote";
  /// Of the files that go to the service.
  std::set<std::string, std::less<>> media_types{};
  /// Whether files are parsed here while the service is out.
  bool may_be_replaced = false;
  /// How long after the upload the service is asked first, and how long it is waited at most
  /// between two questions: the distance doubles.
  duration poll_interval = std::chrono::seconds{2};
  duration poll_interval_max = std::chrono::seconds{30};
  /// How long a service may take over a file.
  duration job_timeout = std::chrono::minutes{30};
  /// Under which the service can reach us from outside; empty: it is not asked to call.
  std::string webhook_url{};
  /// Largest text that is taken.
  std::int64_t max_text_size = std::int64_t{64} << 20;
};

/// The path of the webhook of a job, below the URL: "/webhooks/parser/42".
inline constexpr std::string_view webhook_path = "/webhooks/parser/";

/// A parser that is reached over HTTP: it is given a file, asked again and again how far it is, and
/// hands out the text in the end. Each step is one call, or two; between them nothing is held but a
/// remote_job. May be used from several threads.
class remote_parser {
 public:
  remote_parser(remote_parser_settings settings, std::shared_ptr<pipeline::remote::service> from);

  std::string name() const { return settings_.name + "@1"; }
  bool takes(std::string_view media_type) const {
    return settings_.media_types.contains(media_type);
  }
  bool may_be_replaced() const { return settings_.may_be_replaced; }

  struct step {
    /// The text, or what becomes of the job instead.
    std::variant<std::string, reject, retry, snooze> became;
    /// What the next step has to be told; nothing: the file is sent again.
    std::optional<remote_job> known{};
    /// No endpoint was up, or none took the file.
    bool is_out = false;
  };
  /// The next step for the job's file, which stands at `path`: the upload, or where that has been
  /// made, a look at how far the service is. A look that fails changes nothing but when the next
  /// one is. Beside what service::make() answers:
  /// - reject: the service could not parse the file (PARSE_REFUSED), or the text is too large
  ///   (PARSER_LIMIT);
  /// - retry: the service took too long (PARSE_OVERDUE), or has forgotten the file (PARSE_LOST).
  step next(const job& job, const document& file, const std::string& path,
            const std::optional<remote_job>& known, const context& at) const;

 private:
  step send(const job& job, const document& file, const std::string& path, const context& at) const;
  step look(const job& job, const remote_job& known, const context& at) const;
  step fetch(const job& job, const remote_job& known, const context& at) const;
  step wait(const job& job, remote_job known, std::string why, duration at_least,
            time_point now) const;
  retry overdue(const remote_job& known, std::string_view why) const;
  step no_answer(const job& job, const remote_job& known, pipeline::remote::service::result&& came,
                 time_point now) const;

  remote_parser_settings settings_;
  std::shared_ptr<pipeline::remote::service> from_;
};

}  // namespace millrace::ingest
