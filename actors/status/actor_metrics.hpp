#pragma once

#include "actors/caf.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

/// What an actor does, readable from any thread and without a message: an actor that hangs answers
/// none.
namespace millrace::actors {

/// The numbers of one actor. Written by its senders and by itself, at some 60 ns a message.
struct actor_metrics {
  using clock = std::chrono::steady_clock;

  /// Messages that wait in the mailbox, and the most that ever did.
  std::atomic<std::int64_t> depth{0};
  std::atomic<std::int64_t> peak{0};
  /// Messages that were handled, and the time that took.
  std::atomic<std::int64_t> handled{0};
  std::atomic<std::int64_t> busy_ns{0};
  /// Since when it has the message that it handles now, by `clock`; 0 when it handles none.
  std::atomic<std::int64_t> busy_since_ns{0};

  static std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now().time_since_epoch())
        .count();
  }
};

/// An actor that has metrics.
class has_metrics {
 public:
  virtual ~has_metrics() = default;
  std::shared_ptr<const actor_metrics> metrics() const { return metrics_; }

 protected:
  std::shared_ptr<actor_metrics> metrics_ = std::make_shared<actor_metrics>();
};

/// An actor's base class that keeps its metrics.
template <class Base>
class instrumented : public Base, public has_metrics {
 public:
  using Base::Base;
  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* on) override {
    const auto depth = metrics_->depth.fetch_add(1, std::memory_order_relaxed) + 1;
    auto peak = metrics_->peak.load(std::memory_order_relaxed);
    while (depth > peak &&
           !metrics_->peak.compare_exchange_weak(peak, depth, std::memory_order_relaxed)) {
    }
    Base::enqueue(std::move(what), on);
  }

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    // A destructor, for a handler may throw.
    const handling scope{*metrics_};
    return Base::consume(what);
  }

 private:
  /// Nothing is skipped here: what was consumed has left the mailbox.
  struct handling {
    explicit handling(actor_metrics& of) : metrics{of}, since{actor_metrics::now_ns()} {
      metrics.busy_since_ns.store(since, std::memory_order_relaxed);
    }
    ~handling() {
      metrics.busy_ns.fetch_add(actor_metrics::now_ns() - since, std::memory_order_relaxed);
      metrics.busy_since_ns.store(0, std::memory_order_relaxed);
      metrics.handled.fetch_add(1, std::memory_order_relaxed);
      metrics.depth.fetch_sub(1, std::memory_order_relaxed);
    }
    handling(const handling&) = delete;
    handling& operator=(const handling&) = delete;

    actor_metrics& metrics;
    const std::int64_t since;
  };
};

/// The `self` of a function that is the body of an actor with metrics.
template <class Handle, class State>
using measured = caf::stateful_actor<State, instrumented<typename Handle::base>>*;

/// The metrics of an actor of this process; null when it has none.
inline std::shared_ptr<const actor_metrics> metrics_of(const caf::strong_actor_ptr& actor) {
  const auto* measured_actor =
      actor ? dynamic_cast<const has_metrics*>(caf::actor_cast<caf::abstract_actor*>(actor))
            : nullptr;
  return measured_actor != nullptr ? measured_actor->metrics() : nullptr;
}

}  // namespace millrace::actors
