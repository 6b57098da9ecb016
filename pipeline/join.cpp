#include "pipeline/join.hpp"

#include "pipeline/child_job.hpp"
#include "pipeline/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::pipeline {
namespace {

/// A waiting job is called when its last child has ended. This is for the one whose call is lost.
constexpr auto look_again_after = std::chrono::hours{1};

bool has_failed(const child& one) { return one.state != job_state::done; }

std::string describe(const child& one) {
  if (!one.state)
    return fmt::format(
        "child {} was deleted (replay the job from the stage that makes its children)", one.id);
  return fmt::format("child {} is {}{}", one.id, to_string(*one.state),
                     one.code.empty() ? "" : ": " + one.code);
}

}  // namespace

std::optional<outcome> hold_at_join(const job& j, join_policy policy, time_point now) {
  if (!j.children || policy == join_policy::none)
    return std::nullopt;
  if (j.children->is_unfinished)
    return snooze{now + look_again_after, "it waits for its children", {}};
  const auto& all = j.children->children;
  const auto first = std::find_if(all.begin(), all.end(), has_failed);
  if (policy == join_policy::finished || first == all.end())
    return std::nullopt;
  const auto others = std::count_if(std::next(first), all.end(), has_failed);
  return reject{
      std::string{codes::CHILD_FAILED},
      describe(*first) +
          (others == 0 ? "" : fmt::format(", and {} of {} failed as well", others, all.size())),
      {}};
}

stage_work join_first(stage_work work, join_policy policy) {
  if (auto* one = std::get_if<handler>(&work))
    return handler{[inner = std::move(*one), policy](const job& j, const context& at) {
      auto held = hold_at_join(j, policy, at.now);
      return held ? std::move(*held) : inner(j, at);
    }};
  return batch_handler{[inner = std::get<batch_handler>(std::move(work)), policy](
                           std::span<const job> jobs, const context& at, answers& to) {
    const auto is_held = [&](const job& j) { return hold_at_join(j, policy, at.now).has_value(); };
    const auto begin = std::find_if_not(jobs.begin(), jobs.end(), is_held);
    for (auto one = jobs.begin(); one != begin; ++one)
      to.answer(*hold_at_join(*one, policy, at.now));
    const auto end = std::find_if(begin, jobs.end(), is_held);
    if (begin != end)
      inner({begin, end}, at, to);
  }};
}

}  // namespace millrace::pipeline
