#pragma once

#include "pipeline/handler.hpp"

#include <functional>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {

/// What a batch handler answers.
class collected_answers final : public pipeline::answers {
 public:
  void begin() override { begun = true; }
  std::size_t hold(std::size_t wanted) override { return wanted; }
  void answer(pipeline::outcome what) override { all.push_back(std::move(what)); }

  bool begun = false;
  std::vector<pipeline::outcome> all;
};

/// Calls the handler once, and answers what it answered.
inline collected_answers call(const pipeline::batch_handler& work,
                              std::span<const pipeline::job> jobs, std::stop_token stop = {}) {
  collected_answers to;
  work(jobs, {system_clock{}.now(), std::move(stop)}, to);
  return to;
}

/// The output that the outcome writes, or what it is instead.
inline std::string output_or_code(const pipeline::outcome& what) {
  if (const auto* moved = std::get_if<pipeline::advance>(&what))
    return moved->effects.empty()
               ? "nothing"
               : std::get<pipeline::effects::write_output>(moved->effects[0]).json;
  if (const auto* again = std::get_if<pipeline::retry>(&what))
    return "retry " + again->code + ": " + again->why;
  if (const auto* no = std::get_if<pipeline::reject>(&what))
    return "reject " + no->code + ": " + no->why;
  if (const auto* later = std::get_if<pipeline::snooze>(&what))
    return "snooze: " + later->why;
  return "something else";
}

}  // namespace millrace::tests
