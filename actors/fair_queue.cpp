#include "actors/fair_queue.hpp"

#include <algorithm>
#include <utility>

namespace millrace::actors {

using pipeline::job;

std::list<fair_queue::line>::iterator fair_queue::line_of(const std::string& tenant) {
  return std::find_if(tenants_.begin(), tenants_.end(),
                      [&](const line& one) { return one.front().tenant == tenant; });
}

void fair_queue::push_back(job one) {
  auto at = line_of(one.tenant);
  if (at == tenants_.end())
    at = tenants_.emplace(tenants_.end());
  at->push_back(std::move(one));
  ++size_;
}

void fair_queue::push_front(job one) {
  const auto at = line_of(one.tenant);
  if (at == tenants_.end())
    tenants_.emplace_front();
  else
    tenants_.splice(tenants_.begin(), tenants_, at);
  tenants_.front().push_front(std::move(one));
  ++size_;
}

job fair_queue::pop_front() {
  auto& first = tenants_.front();
  auto next = std::move(first.front());
  first.pop_front();
  --size_;
  if (first.empty())
    tenants_.pop_front();
  else if (tenants_.size() > 1)
    tenants_.splice(tenants_.end(), tenants_, tenants_.begin());
  return next;
}

std::optional<job> fair_queue::take(pipeline::job_id id) {
  for (auto of = tenants_.begin(); of != tenants_.end(); ++of) {
    const auto at = std::find_if(of->begin(), of->end(), [&](const job& j) { return j.id == id; });
    if (at == of->end())
      continue;
    std::optional taken{std::move(*at)};
    of->erase(at);
    --size_;
    if (of->empty())
      tenants_.erase(of);
    return taken;
  }
  return std::nullopt;
}

std::vector<job> fair_queue::take_all() {
  std::vector<job> all;
  all.reserve(size_);
  while (!empty())
    all.push_back(pop_front());
  return all;
}

}  // namespace millrace::actors
