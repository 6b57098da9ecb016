#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace millrace::net {

class http_connection;

/// The connections of a server. Those that wait for a request stand in the order in which they
/// began to. Keeps them alive. For many threads.
class connection_list {
  struct item {
    std::shared_ptr<http_connection> connection;
    bool is_waiting = false;
  };

 public:
  using entry = std::list<item>::iterator;

  /// A new one. `listed` is set before any other thread can find it.
  void add(std::shared_ptr<http_connection> connection, bool is_waiting, entry& listed);
  void set_busy(entry which);
  /// Behind all that wait.
  void set_waiting(entry which);
  void remove(entry which);

  std::size_t size() const;
  /// The one that has waited longest, which counts as busy from now on: it is to be closed. Null
  /// when none waits.
  std::shared_ptr<http_connection> take_longest_waiting();
  std::vector<std::shared_ptr<http_connection>> all() const;

 private:
  std::list<item>& list_of(entry which) { return which->is_waiting ? waiting_ : busy_; }
  void move(entry which, bool is_waiting);

  mutable std::mutex mutex_;
  std::list<item> busy_;
  std::list<item> waiting_;
};

}  // namespace millrace::net
