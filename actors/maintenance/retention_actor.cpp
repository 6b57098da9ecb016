#include "actors/maintenance/retention_actor.hpp"

#include "actors/maintenance/retention_pacing.hpp"
#include "actors/status/actor_metrics.hpp"
#include "base/log.hpp"
#include "storage/db/translate_errors.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace millrace::actors {
namespace {

/// What the actor's thread has.
class worker {
 public:
  explicit worker(const retention_actor_settings& settings)
      : database_(settings.database), time_(*settings.time), retention_(settings.retention) {}

  /// Throws storage::error; then the next step does the same again.
  storage::cleaned step() {
    if (!connection_ || connection_->is_broken()) {
      connection_.reset();
      connection_ = std::make_unique<storage::connection>(database_);
    }
    auto next = retention_;
    const auto result = next.step(*connection_, time_.cautious());
    retention_ = std::move(next);
    return result;
  }

 private:
  storage::database_settings database_;
  const millrace::clock& time_;
  storage::retention retention_;
  std::unique_ptr<storage::connection> connection_;
};

struct look_for_old {
  using local_message = void;
};
struct step_taken {
  using local_message = void;
  storage::cleaned result;
  duration took{};
  std::optional<storage::error> failure;
};

using retention_impl =
    with_private<retention_actor, caf::result<void>(look_for_old), caf::result<void>(step_taken)>;

struct retention_state {
  static inline const char* name = "archivist";

  retention_impl::pointer self = nullptr;
  retention_actor_settings settings;
  std::shared_ptr<worker> work;
  retention_pacing pass;
  bool has_begun = false;
  std::string trouble;

  retention_seen look() {
    if (!std::exchange(has_begun, true))
      self->delayed_send(self, settings.interval, look_for_old{});
    return {trouble};
  }

  void step() const {
    settings.thread->run([what = work, me = retention_impl{self}] {
      const auto begin = std::chrono::steady_clock::now();
      step_taken done;
      try {
        done.result = what->step();
      } catch (...) {
        done.failure = storage::current_error("cannot delete what is old");
      }
      done.took = std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - begin);
      caf::anon_send(me, std::move(done));
    });
  }

  void after_step(const step_taken& done) {
    auto wait = settings.interval;
    if (done.failure) {
      complain(*done.failure);
    } else {
      recover();
      wait = pass.after(done.result, done.took);
    }
    self->delayed_send(self, wait, look_for_old{});
  }

 private:
  /// That the database is busy or away is for the store to say.
  void complain(const storage::error& why) {
    const std::string what = why.what();
    if (why.kind() == storage::error_kind::transient || trouble == what)
      return;
    trouble = what;
    log_event(log_level::error, "RETENTION_STOPPED",
              {{"what", why.summary()}, {"why", why.why()}, {"next", why.next()}});
  }

  void recover() {
    if (!trouble.empty())
      log_event(log_level::info, "RETENTION_RESUMED");
    trouble.clear();
  }
};

retention_impl::behavior_type keep_retention(measured<retention_impl, retention_state> self,
                                             std::uint32_t generation,
                                             const supervisor_actor& supervisor,
                                             const retention_actor_settings& settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  state.work = std::make_shared<worker>(settings);
  state.pass = retention_pacing{settings.interval};
  self->send(supervisor, init_complete{state.name, generation});
  return {
      [=](get_retention) { return self->state.look(); },
      [](ping) { return pong{}; },
      [=](look_for_old) { self->state.step(); },
      [=](const step_taken& done) { self->state.after_step(done); },
  };
}

}  // namespace

retention_actor spawn_retention_actor(caf::local_actor& parent, std::uint32_t generation,
                                      const supervisor_actor& supervisor,
                                      const retention_actor_settings& settings) {
  return parent.spawn(keep_retention, generation, supervisor, settings);
}

}  // namespace millrace::actors
