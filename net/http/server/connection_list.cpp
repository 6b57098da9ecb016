#include "net/http/server/connection_list.hpp"

#include <utility>

namespace millrace::net {

void connection_list::add(std::shared_ptr<http_connection> connection, bool is_waiting,
                          entry& listed) {
  const std::scoped_lock guard{mutex_};
  auto& to = is_waiting ? waiting_ : busy_;
  listed = to.insert(to.end(), item{std::move(connection), is_waiting});
}

void connection_list::move(entry which, bool is_waiting) {
  auto& from = list_of(which);
  which->is_waiting = is_waiting;
  auto& to = list_of(which);
  to.splice(to.end(), from, which);
}

void connection_list::set_busy(entry which) {
  const std::scoped_lock guard{mutex_};
  move(which, /*is_waiting=*/false);
}

void connection_list::set_waiting(entry which) {
  const std::scoped_lock guard{mutex_};
  move(which, /*is_waiting=*/true);
}

void connection_list::remove(entry which) {
  std::shared_ptr<http_connection> removed;
  const std::scoped_lock guard{mutex_};
  removed = std::move(which->connection);
  list_of(which).erase(which);
}

std::size_t connection_list::size() const {
  const std::scoped_lock guard{mutex_};
  return busy_.size() + waiting_.size();
}

std::shared_ptr<http_connection> connection_list::take_longest_waiting() {
  const std::scoped_lock guard{mutex_};
  if (waiting_.empty())
    return nullptr;
  const auto first = waiting_.begin();
  move(first, /*is_waiting=*/false);
  return first->connection;
}

std::vector<std::shared_ptr<http_connection>> connection_list::all() const {
  std::vector<std::shared_ptr<http_connection>> found;
  const std::scoped_lock guard{mutex_};
  for (const auto* list : {&busy_, &waiting_})
    for (const auto& each : *list)
      found.push_back(each.connection);
  return found;
}

}  // namespace millrace::net
