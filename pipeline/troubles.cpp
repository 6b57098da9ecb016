#include "pipeline/troubles.hpp"

#include "pipeline/codes.hpp"

#include <chrono>

namespace millrace::pipeline {

snooze out_of_order(time_point now, std::string why) {
  constexpr std::chrono::seconds until_the_next_try{30};
  return {now + until_the_next_try, std::move(why), {}, std::string{codes::OUT_OF_ORDER}};
}

void troubles::set(const std::string& what, std::string why, time_point now) {
  const std::scoped_lock guard{mutex_};
  auto& one = all_.try_emplace(what, trouble{what, {}, now}).first->second;
  one.why = std::move(why);
}

void troubles::clear(const std::string& what) {
  const std::scoped_lock guard{mutex_};
  all_.erase(what);
}

std::vector<trouble> troubles::all() const {
  const std::scoped_lock guard{mutex_};
  std::vector<trouble> found;
  found.reserve(all_.size());
  for (const auto& [name, one] : all_)
    found.push_back(one);
  return found;
}

void trouble_entry::set(std::string why, time_point now) {
  if (!troubles_)
    return;
  troubles_->set(what_, std::move(why), now);
  is_set_ = true;
}

void trouble_entry::clear() {
  if (is_set_.load(std::memory_order_relaxed) && is_set_.exchange(false))
    troubles_->clear(what_);
}

}  // namespace millrace::pipeline
