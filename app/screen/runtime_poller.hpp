#pragma once

#include "app/screen/runtime_client.hpp"
#include "app/screen/snapshot.hpp"
#include "base/time.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace millrace::app {

/// What has come in since the last question.
struct updates {
  std::optional<snapshot> newest;
  /// Why no runtime answers now; empty while one does.
  std::string waiting;
  std::vector<actors::order_answer> answers;
};

/// Fetches snapshots of a runtime and carries orders to it, on a thread of its own: a runtime that
/// hangs does not hold up the screen. When a runtime has gone, the poller waits for its successor.
class runtime_poller {
 public:
  /// Begins with `first`, and opens another when that is lost. The clock says when a snapshot was
  /// taken.
  runtime_poller(std::unique_ptr<runtime_client> first, open_runtime open, const clock& time);
  /// Waits for the call that is under way.
  ~runtime_poller();
  runtime_poller(const runtime_poller&) = delete;
  runtime_poller& operator=(const runtime_poller&) = delete;

  /// What the next snapshots shall contain. If it is new, the next one is fetched at once.
  void want(const screen_query& what);
  /// Carried out once at most, and only by the runtime of the last snapshot; always answered.
  void order(const actors::change_order& what);
  updates take();
  /// Begins nothing more, and says whether the call that is under way ended within the time.
  bool end_within(std::chrono::milliseconds patience);

 private:
  void run();
  void step();
  void carry_out(const std::vector<actors::change_order>& orders);
  void answer(actors::order_answer became);
  void fetch(const screen_query& what);
  void lose(const std::string& why);

  // Of the thread.
  std::unique_ptr<runtime_client> from_;
  open_runtime open_;
  const clock& time_;
  snapshot last_;

  std::mutex mutex_;
  std::condition_variable changed_;
  screen_query wanted_;
  std::vector<actors::change_order> orders_;
  bool hurry_ = true;
  bool ending_ = false;
  bool ended_ = false;
  updates updates_;

  std::thread thread_;
};

}  // namespace millrace::app
