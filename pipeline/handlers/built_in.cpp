#include "base/duration.hpp"
#include "base/error.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/registry.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace millrace::pipeline {
namespace {

handler make_sleep(std::string_view argument, const place&) {
  const auto length = parse_duration(argument);
  if (!length)
    throw error{fmt::format("bad handler sleep:{}", argument), "the argument is no duration",
                "write for example sleep:20ms"};
  return [length = *length](const job&, const context& at) -> outcome {
    // A wait that the stop token ends, not a sleep: a timeout or a shutdown must not wait for it.
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock guard{mutex};
    if (stopped.wait_for(guard, at.stop, length, [&] { return at.stop.stop_requested(); }))
      return snooze{at.now, "the sleep was interrupted"};
    return advance{};
  };
}

handler make_fail(std::string_view argument, const place&) {
  constexpr std::string_view again = "retry:";
  const bool transient = argument.substr(0, again.size()) == again || argument == "retry";
  if (transient)
    argument = argument == "retry" ? "" : argument.substr(again.size());
  const std::string code{argument.empty() ? codes::FAILED_ON_PURPOSE : argument};
  return [=](const job&, const context&) -> outcome {
    if (transient)
      return retry{code, "the handler `fail` was asked to fail", {}};
    return reject{code, "the handler `fail` was asked to fail"};
  };
}

}  // namespace

void add_basic_handlers(registry& handlers) {
  handlers.add("noop", [](const job&, const context&) -> outcome { return advance{}; },
               {.batch = 1000});
  handlers.add_kind("sleep", make_sleep);
  handlers.add_kind("fail", make_fail);
}

}  // namespace millrace::pipeline
