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
struct actor_gauge {
  using clock = std::chrono::steady_clock;

  /// Messages that wait in the mailbox, and the most that ever did.
  std::atomic<std::int64_t> depth{0};
  std::atomic<std::int64_t> peak{0};
  /// Messages that were handled, and the time that took.
  std::atomic<std::int64_t> handled{0};
  std::atomic<std::int64_t> busy_ns{0};
  /// Since when it has the message that it handles now, by `clock`; 0 when it handles none.
  std::atomic<std::int64_t> in_hand_since_ns{0};

  static std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now().time_since_epoch())
        .count();
  }
};

/// An actor that has a gauge.
class has_gauge {
 public:
  virtual ~has_gauge() = default;
  std::shared_ptr<const actor_gauge> gauge() const { return gauge_; }

 protected:
  std::shared_ptr<actor_gauge> gauge_ = std::make_shared<actor_gauge>();
};

/// An actor's base class that keeps its gauge.
template <class Base>
class instrumented : public Base, public has_gauge {
 public:
  using Base::Base;
  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* on) override {
    const auto depth = gauge_->depth.fetch_add(1, std::memory_order_relaxed) + 1;
    auto peak = gauge_->peak.load(std::memory_order_relaxed);
    while (depth > peak &&
           !gauge_->peak.compare_exchange_weak(peak, depth, std::memory_order_relaxed)) {
    }
    Base::enqueue(std::move(what), on);
  }

  caf::invoke_message_result consume(caf::mailbox_element& what) override {
    // A destructor, for a handler may throw.
    const in_hand scope{*gauge_};
    return Base::consume(what);
  }

 private:
  /// Nothing is skipped here: what was consumed has left the mailbox.
  struct in_hand {
    explicit in_hand(actor_gauge& of) : gauge{of}, since{actor_gauge::now_ns()} {
      gauge.in_hand_since_ns.store(since, std::memory_order_relaxed);
    }
    ~in_hand() {
      gauge.busy_ns.fetch_add(actor_gauge::now_ns() - since, std::memory_order_relaxed);
      gauge.in_hand_since_ns.store(0, std::memory_order_relaxed);
      gauge.handled.fetch_add(1, std::memory_order_relaxed);
      gauge.depth.fetch_sub(1, std::memory_order_relaxed);
    }
    in_hand(const in_hand&) = delete;
    in_hand& operator=(const in_hand&) = delete;

    actor_gauge& gauge;
    const std::int64_t since;
  };
};

/// The `self` of a function that is the body of an actor with a gauge.
template <class Handle, class State>
using gauged = caf::stateful_actor<State, instrumented<typename Handle::base>>*;

/// The gauge of an actor of this process; null when it has none.
inline std::shared_ptr<const actor_gauge> gauge_of(const caf::strong_actor_ptr& actor) {
  const auto* gauged_actor =
      actor ? dynamic_cast<const has_gauge*>(caf::actor_cast<caf::abstract_actor*>(actor))
            : nullptr;
  return gauged_actor != nullptr ? gauged_actor->gauge() : nullptr;
}

}  // namespace millrace::actors
