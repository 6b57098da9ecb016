#include "tests/simulation/world.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <utility>

/// What only some worlds have: rows by other hands, clocks that are set, commits that are lost.
namespace millrace::simulation {

using namespace std::chrono_literals;

void world::use_seam(const step& one) {
  const auto id = ids_.empty() ? 0 : ids_[one.a % ids_.size()];
  switch (one.kind) {
    case step_kind::insert_row:
      if (const auto made = others_.insert(one, in_.now))
        judge_.give_up(*made);
      break;
    case step_kind::change_row:
      if (id != 0 && others_.change(one, id))
        judge_.give_up(id);
      break;
    case step_kind::refuse_row:
      if (const auto refused = others_.refuse(one, id, in_.now))
        judge_.give_up(*refused);
      break;
    case step_kind::step_clock:
      return step_clock(one);
    case step_kind::copy_database:
      return copy_database();
    case step_kind::lose_commits:
      return lose_commits();
    default:
      return;
  }
}

void world::step_clock(const step& one) {
  pick(one.a).step_clock(any_step(one.b));
  clocks_were_set();
}

void world::copy_database() {
  copy_ = std::make_unique<copy>(in_.folder / "millrace.db");
  copy_->known = judge_.remember();
  copy_->ids = ids_;
  for (const auto& [key, unused] : in_.calls)
    copy_->calls.insert(key);
}

/// Ids and epochs that were given since come again.
void world::lose_commits() {
  if (copy_ == nullptr || !copy_->database.put_back())
    return in_.tell("nothing is lost");
  in_.has_lost_commits = true;
  judge_.go_back(copy_->known, in_.now);
  ids_ = copy_->ids;
  for (auto at = in_.calls.begin(); at != in_.calls.end();)
    if (const auto next = std::next(at); copy_->calls.contains(at->first)) {
      // What is on record of it is lost.
      at->second.must_be_charged = false;
      at = next;
    } else {
      in_.lost_calls.push_back(in_.calls.extract(std::exchange(at, next)));
    }
}

void world::require_no_row_stuck() {
  pass_until(in_.now + 1min);
  look();
  if (const auto left = others_.stuck(judge_.given_up(), in_.pipelines, in_.now); !left.empty())
    throw violation{"a row by other hands runs, or is dead and says why", left};
}

}  // namespace millrace::simulation
