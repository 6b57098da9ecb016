#pragma once

#include "base/thread_pool.hpp"
#include "net/http/server/response_handle.hpp"
#include "storage/db/database.hpp"
#include "storage/history/event_follower.hpp"
#include "storage/history/event_horizon.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::app::api {

/// Which events a reader wants; what is empty does not matter.
struct event_wish {
  std::string code;
  std::string pipeline;
  /// Those with a higher id.
  std::int64_t after = 0;
};

/// Sends events as they happen (server-sent events), each once and in the order of their ids. All
/// readers that stand at the same place share a look at the database, and all looks together take
/// a fiftieth of the time at most: a reader that is behind by more than `most_behind` events is
/// told which it misses, and goes on with the newest. From any thread.
class event_streams {
 public:
  static constexpr std::int64_t most_behind = 100'000;

  explicit event_streams(storage::database_settings database);

  /// The stream ends when `may_go_on`, which is asked each second on its thread, answers false.
  void add(net::response_stream to, event_wish wish, std::function<bool()> may_go_on);

  /// Ends the streams. False when its thread has not ended in time.
  bool stop(duration patience);

 private:
  using clock = std::chrono::steady_clock;

  struct reader {
    net::response_stream to;
    event_wish wish;
    std::function<bool()> may_go_on;
    clock::time_point said_at;
    clock::time_point checked_at;
  };
  /// A connection, and up to where its events are complete.
  struct source {
    explicit source(const storage::database_settings& database) : on(database) {}
    storage::connection on;
    storage::event_horizon horizon{on};
  };

  void serve();
  /// False when it is told to stop.
  bool take_new();
  void look();
  void skip_far_behind(std::int64_t newest);
  void send_page(std::int64_t after);
  void send(reader& to, const std::vector<storage::event_record>& events,
            const std::vector<std::string>& texts, std::int64_t next_after);
  void end_forbidden(clock::time_point now);
  void keep_alive(clock::time_point now);

  const storage::database_settings database_;
  std::unique_ptr<source> from_;
  std::vector<reader> readers_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<reader> new_;
  bool ends_ = false;
  thread_pool thread_{1};
};

}  // namespace millrace::app::api
