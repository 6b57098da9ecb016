#include "actors/stage/fair_queue.hpp"

#include "storage/claim/claim_order.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::actors {

using pipeline::job;

bool fair_queue::goes_before(const job& a, const job& b) const {
  const storage::standing one{a.priority, a.run_at};
  const storage::standing other{b.priority, b.run_at};
  const auto ageing = rules_.priority_ageing;
  return storage::goes_before(one, other, ageing) ||
         (a.id < b.id && !storage::goes_before(other, one, ageing));
}

void fair_queue::begin_turns() {
  std::vector<std::string> names;
  names.reserve(tenants_.size());
  for (const auto& [name, unused] : tenants_)
    names.push_back(name);
  share_.begin(names);
}

void fair_queue::push(job one) {
  const auto [at, is_new] = tenants_.try_emplace(one.tenant);
  auto& of = at->second;
  // What comes is mostly the last.
  const auto before = [&](const job& a, const job& b) { return goes_before(a, b); };
  const auto place = of.empty() || !before(one, of.back())
                         ? of.end()
                         : std::upper_bound(of.begin(), of.end(), one, before);
  of.insert(place, std::move(one));
  ++size_;
  if (is_new)
    begin_turns();
}

fair_queue::lines::const_iterator fair_queue::next() const {
  auto first = tenants_.begin();
  if (tenants_.size() > 1)
    for (auto at = std::next(first); at != tenants_.end(); ++at)
      if (share_.goes_before(at->first, first->first))
        first = at;
  return first;
}

std::optional<time_point> fair_queue::due_since() const {
  std::optional<time_point> first;
  for (const auto& [unused, jobs] : tenants_)
    first = std::min(first.value_or(jobs.front().run_at), jobs.front().run_at);
  return first;
}

job fair_queue::pop_front() {
  const auto at = tenants_.find(next()->first);
  auto& of = at->second;
  auto one = std::move(of.front());
  of.pop_front();
  --size_;
  share_.served(at->first, 1, rules_.of_tenant(at->first).weight);
  if (of.empty()) {
    tenants_.erase(at);
    begin_turns();
  }
  return one;
}

job fair_queue::pop_back() {
  const auto at = std::max_element(
      tenants_.begin(), tenants_.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  auto one = std::move(at->second.back());
  at->second.pop_back();
  --size_;
  if (at->second.empty())
    tenants_.erase(at);
  return one;
}

std::optional<job> fair_queue::take(pipeline::job_id id) {
  for (auto of = tenants_.begin(); of != tenants_.end(); ++of) {
    auto& jobs = of->second;
    const auto at =
        std::find_if(jobs.begin(), jobs.end(), [&](const job& j) { return j.id == id; });
    if (at == jobs.end())
      continue;
    std::optional taken{std::move(*at)};
    jobs.erase(at);
    --size_;
    if (jobs.empty())
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
