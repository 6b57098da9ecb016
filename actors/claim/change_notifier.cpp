#include "actors/claim/change_notifier.hpp"

#include "base/log.hpp"

#include <mutex>
#include <utility>

namespace millrace::actors {

/// Shared with the thread, for one that hangs may outlive the change_notifier.
struct change_notifier::listening {
  std::unique_ptr<storage::change_listener> listener;
  std::mutex mutex;
  /// A weak handle: a strong one would keep the actor system from ending.
  caf::actor_addr poller;
  bool began = false;

  void listen() {
    using kind = storage::news::kind;
    for (;;) {
      const auto heard = listener->wait();
      switch (heard.what) {
        case kind::changed:
          tell_poller();
          break;
        case kind::nothing_heard:
          log_event(log_level::warning, "NOTIFICATIONS_MISSING",
                    {{"why", heard.why}, {"next", heard.next}});
          break;
        case kind::heard_again:
          log_event(log_level::info, "NOTIFICATIONS_HEARD");
          break;
        case kind::stopped:
          return;
      }
    }
  }

  /// Under the lock, so that stop() is the end of it.
  void tell_poller() {
    const std::scoped_lock guard{mutex};
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(poller))
      caf::anon_send(caf::actor_cast<poller_actor>(alive), look_for_jobs{});
  }
};

change_notifier::change_notifier(std::unique_ptr<storage::change_listener> listener)
    : state_(std::make_shared<listening>()) {
  state_->listener = std::move(listener);
}

change_notifier::~change_notifier() { state_->listener->stop(); }

void change_notifier::wake(const poller_actor& poller) {
  const std::scoped_lock guard{state_->mutex};
  state_->poller = poller.address();
  if (!std::exchange(state_->began, true))
    thread_.run([state = state_] { state->listen(); });
}

bool change_notifier::stop(duration patience) {
  {
    const std::scoped_lock guard{state_->mutex};
    state_->poller = nullptr;
  }
  state_->listener->stop();
  return thread_.stop(patience);
}

}  // namespace millrace::actors
