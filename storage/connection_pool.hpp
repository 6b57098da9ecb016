#pragma once

#include "storage/database.hpp"

#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Connections for threads that each use one for a moment. It grows to as many as are in use at
/// once.
class connection_pool {
 public:
  explicit connection_pool(database_settings settings) : settings_(std::move(settings)) {}

  /// Lends a connection to `use`. What goes wrong is a storage::error that begins with `what`; then
  /// that connection and those that are free are given up, for they may be lost as well.
  template <class Use>
  auto with_connection(std::string_view what, Use use) {
    return guarded(what, [&] {
      try {
        auto lent = take();
        const returned back{*this, lent};
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
      const std::scoped_lock guard{to.mutex_};
      to.free_.push_back(std::move(lent));
    }
  };

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
  std::vector<std::unique_ptr<connection>> free_;
};

}  // namespace millrace::storage
