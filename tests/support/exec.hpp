#pragma once

#include "pipeline/handlers/register.hpp"
#include "tests/support/collected_answers.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace millrace::tests {

/// The handler `exec:` with a real process that misbehaves as each job says
/// (tests/data/handler.py), and what was told of its processes.
class exec {
 public:
  /// A job that is done, and its output.
  inline static const std::string good = R"({"output": "good"})";
  inline static const std::string good_output = R"("good")";

  explicit exec(const std::string& arguments = {}, const pipeline::place& where = named(),
                pipeline::external::settings how = patient()) {
    how.tell = [this](const pipeline::external::notice& what) {
      const std::scoped_lock guard{mutex_};
      said_.push_back({what.what, what.job, std::string{what.text}});
    };
    pipeline::external::add_handlers(handlers_, how);
    work_ = std::make_unique<pipeline::batch_handler>(std::get<pipeline::batch_handler>(
        handlers_
            .make(
                fmt::format("exec:python3 {} {}", source_path("tests/data/handler.py"), arguments),
                where)
            .work));
  }

  static pipeline::place named() { return {"p", {.name = "s"}}; }
  /// Waits for a process as long as it takes, and starts none again for a while.
  static pipeline::external::settings patient() {
    static const system_clock time;
    pipeline::external::settings how;
    how.time = &time;
    how.grace = std::chrono::minutes{1};
    how.backoff = how.max_backoff = std::chrono::hours{1};
    return how;
  }

  const pipeline::batch_handler& operator*() const { return *work_; }

  /// The answers to jobs 1, 2, 3, ... with these payloads, as the batch asks for them: again for
  /// those that have none.
  std::vector<std::string> ask(std::initializer_list<std::string> payloads) const {
    std::vector<pipeline::job> jobs;
    for (const auto& one : payloads)
      jobs.push_back({.id = static_cast<pipeline::job_id>(jobs.size() + 1), .payload = one});
    std::vector<std::string> all;
    while (all.size() < jobs.size()) {
      const auto got = call(*work_, std::span{jobs}.subspan(all.size()));
      REQUIRE_FALSE(got.all.empty());
      for (const auto& one : got.all)
        all.push_back(output_or_code(one));
    }
    return all;
  }

  nlohmann::json tell() const { return nlohmann::json::parse(ask({R"({"do": "tell"})"}).front()); }

  /// The notices of a kind as "job text".
  std::vector<std::string> said(pipeline::external::notice::kind what) const {
    const std::scoped_lock guard{mutex_};
    std::vector<std::string> all;
    for (const auto& one : said_)
      if (one.what == what)
        all.push_back(fmt::format("{} {}", one.job, one.text));
    return all;
  }

  /// Lets the process end.
  void end() { work_.reset(); }

 private:
  struct told {
    pipeline::external::notice::kind what;
    pipeline::job_id job;
    std::string text;
  };

  mutable std::mutex mutex_;
  std::vector<told> said_;
  pipeline::registry handlers_;
  std::unique_ptr<pipeline::batch_handler> work_;
};

}  // namespace millrace::tests
