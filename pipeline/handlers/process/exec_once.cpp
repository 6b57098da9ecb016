#include "pipeline/handlers/process/exec_once.hpp"

#include "base/duration.hpp"
#include "base/json/json_text.hpp"
#include "base/os/subprocess.hpp"
#include "base/text_line.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/handlers/process/command_spec.hpp"
#include "pipeline/handlers/process/job_document.hpp"
#include "pipeline/handlers/process/parse_answer.hpp"
#include "pipeline/handlers/process/stderr_log.hpp"

#include <fmt/format.h>
#include <sysexits.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace millrace::pipeline::external {
namespace {

/// Until a program that could not be started is tried again.
constexpr auto start_again_after = std::chrono::seconds{10};

retry try_again(std::string_view code, std::string why) {
  return {std::string{code}, std::move(why), std::nullopt};
}

/// Tells what the command said on its standard error; answers the end of it, for a reason.
std::string tell_errors(const recipe& made_by, job_id job, const os::command_result& result) {
  error_log log{[&](job_id about, std::string_view line) {
    tell(made_by, notice::kind::said, 0, about, line);
  }};
  std::string_view rest = result.last_errors;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    log.hear(job, rest.substr(0, end), std::chrono::steady_clock::now());
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return log.last().empty() ? "" : ": " + log.last();
}

outcome outcome_of(const recipe& made_by, trouble_entry& trouble, const context& at, job_id job,
                   const os::command_result& result) {
  const auto said = tell_errors(made_by, job, result);
  const auto name = name_of(made_by);
  if (result.how != os::ending::not_started)
    trouble.clear();
  switch (result.how) {
    case os::ending::exited:
      break;
    case os::ending::not_started: {
      const auto why = std::generic_category().message(result.status);
      tell(made_by, notice::kind::not_started, 0, job, why);
      const auto now = made_by.how.time->now();
      snooze later{now + start_again_after,
                   fmt::format("cannot start {}: {}", name, why),
                   {},
                   std::string{codes::OUT_OF_ORDER}};
      trouble.set(later.why, now);
      return later;
    }
    case os::ending::stopped:
      return snooze{at.now, "the handler was stopped"};
    case os::ending::timed_out:
      return try_again(codes::TIMEOUT, fmt::format("{} was not done after {}", name,
                                                   format_duration(made_by.where.stage.timeout)));
    case os::ending::output_too_large:
      return reject{std::string{codes::HANDLER_OUTPUT_TOO_LARGE},
                    fmt::format("{} wrote more than {} bytes", name, max_output)};
    case os::ending::signalled:
      return try_again(codes::HANDLER_DIED,
                       fmt::format("{} was ended by signal {} ({}){}", name, result.status,
                                   ::strsignal(result.status), said));
  }
  if (result.status == 0) {
    if (is_plain_text(result.output))
      tell(made_by, notice::kind::said, 0, job,
           fmt::format("its output is not JSON, and is dropped: {}",
                       one_line(without_blanks(result.output).substr(0, 400), 200)));
    return advance_with_text(result.output);
  }
  auto why = fmt::format("{} ended with exit code {}{}", name, result.status, said);
  if (result.status == EX_DATAERR)
    return reject{std::string{codes::HANDLER_FAILED}, std::move(why)};
  return try_again(codes::HANDLER_FAILED, std::move(why));
}

}  // namespace

handler make_once(std::string_view command_line, const place& where, const settings& how) {
  const auto made_by = std::make_shared<const recipe>(make_recipe(command_line, where, how));
  const auto trouble = std::make_shared<trouble_entry>(how.troubles, trouble_name(where));
  return [made_by, trouble](const job& what, const context& at) -> outcome {
    const auto& stage = made_by->where.stage;
    os::command one{.argv = made_by->what.argv,
                    .environment = made_by->what.environment,
                    .time_limit = stage.timeout,
                    .grace = made_by->how.grace,
                    .max_output = max_output};
    if (!what.traceparent.empty())
      one.environment->push_back("TRACEPARENT=" + what.traceparent);
    append_job(one.input, what, made_by->where, made_by->how.time->now() + stage.timeout);
    one.input += '\n';
    os::command_result result;
    try {
      result = os::run(one, at.stop);
    } catch (const std::system_error& e) {
      result.status = e.code().value();
    }
    return outcome_of(*made_by, *trouble, at, what.id, result);
  };
}

}  // namespace millrace::pipeline::external
