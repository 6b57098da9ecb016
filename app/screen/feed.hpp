#pragma once

#include "app/screen/picture.hpp"
#include "app/screen/source.hpp"
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
struct news {
  std::optional<picture> fresh;
  /// Why no runtime answers now; empty while one does.
  std::string waiting;
  std::vector<actors::order_answer> answers;
};

/// Fetches pictures of a runtime and carries orders to it, on a thread of its own: a runtime that
/// hangs does not hold up the screen. When a runtime has gone, the feed waits for its successor.
class feed {
 public:
  /// Begins with `first`, and opens another when that is lost. The clock says when a picture was
  /// taken.
  feed(std::unique_ptr<source> first, open_source open, const clock& time);
  /// Waits for the call that is under way.
  ~feed();
  feed(const feed&) = delete;
  feed& operator=(const feed&) = delete;

  /// What the next pictures shall contain. If it is new, the next one is fetched at once.
  void want(const wish& what);
  /// Carried out once at most, and only by the runtime of the last picture; always answered.
  void order(const actors::change_order& what);
  news take();
  /// Begins nothing more, and says whether the call that is under way ended within the time.
  bool end_within(std::chrono::milliseconds patience);

 private:
  void run();
  void step();
  void carry_out(const std::vector<actors::change_order>& orders);
  void answer(actors::order_answer became);
  void fetch(const wish& what);
  void lose(const std::string& why);

  // Of the thread.
  std::unique_ptr<source> from_;
  open_source open_;
  const clock& time_;
  picture last_;

  std::mutex mutex_;
  std::condition_variable changed_;
  wish wanted_;
  std::vector<actors::change_order> orders_;
  bool hurry_ = true;
  bool ending_ = false;
  bool ended_ = false;
  news news_;

  std::thread thread_;
};

}  // namespace millrace::app
