#pragma once

#include "storage/db/database.hpp"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Connections for threads that each use one for a moment. It grows to as many as are in use at
/// once, up to a number (database_settings::pooled); then a thread waits for one.
class connection_pool {
 public:
  explicit connection_pool(database_settings settings) : settings_(std::move(settings)) {}

  /// Lends a connection to `use`. What goes wrong is a storage::error that begins with `what`; then
  /// that connection and those that are free are given up, for they may be lost as well.
  template <class Use>
  auto with_connection(std::string_view what, Use use) {
    return guarded(what, [&] {
      try {
        std::unique_ptr<connection> lent;
        wait_for_room();
        const returned back{*this, lent};
        lent = take();
        return use(*lent);
      } catch (...) {
        const std::scoped_lock guard{mutex_};
        free_.clear();
        throw;
      }
    });
  }

 private:
  struct returned {
    connection_pool& to;
    std::unique_ptr<connection>& lent;
    ~returned() {
      {
        const std::scoped_lock guard{to.mutex_};
        if (lent)
          to.free_.push_back(std::move(lent));
        --to.in_use_;
      }
      to.has_room_.notify_one();
    }
  };

  void wait_for_room() {
    std::unique_lock guard{mutex_};
    has_room_.wait(guard, [this] { return in_use_ < settings_.pooled; });
    ++in_use_;
  }

  std::unique_ptr<connection> take() {
    {
      const std::scoped_lock guard{mutex_};
      if (!free_.empty()) {
        auto lent = std::move(free_.back());
        free_.pop_back();
        return lent;
      }
    }
    return std::make_unique<connection>(settings_);
  }

  const database_settings settings_;
  std::mutex mutex_;
  std::condition_variable has_room_;
  std::size_t in_use_ = 0;
  std::vector<std::unique_ptr<connection>> free_;
};

}  // namespace millrace::storage
