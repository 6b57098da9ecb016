#include "actors/inspector/server/inspector.hpp"

#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/build_views.hpp"
#include "actors/inspector/server/database_queries.hpp"
#include "actors/promise.hpp"
#include "base/log.hpp"
#include "storage/db/translate_errors.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

/// How long an answer waits for what it would like to say.
constexpr auto count_patience = 100ms;
constexpr auto observer_patience = 1s;
/// How long an order to end waits until it is written down.
constexpr auto record_patience = 1s;
/// Counting takes one part in so many of the time at most: while a client looks, and else.
constexpr int watched_share = 20;
constexpr int unwatched_share = 1000;
constexpr auto unwatched_interval = 5s;

/// On the thread of the database.
struct work_done {
  using local_message = void;
  std::uint64_t id = 0;
};
struct count_again {
  using local_message = void;
};
/// The requests for the stages have waited long enough.
struct answer_stages {
  using local_message = void;
};

/// What a client asks.
struct incoming_request {
  using local_message = void;
  question asked;
  std::shared_ptr<response_handle> back;
};

using inspector_impl = with_private<local_inspector_actor, caf::result<void>(incoming_request),
                                    caf::result<void>(work_done), caf::result<void>(count_again),
                                    caf::result<void>(answer_stages)>;

struct inspector_state {
  static inline const char* name = "inspector";

  inspector_impl::pointer self = nullptr;
  supervisor_actor supervisor;
  inspector_settings settings;
  meet_observers others;
  std::shared_ptr<inspector_queries> database;
  std::shared_ptr<inspector_queries> counter;

  caf::result<runtime_view> build_runtime() {
    auto promise = self->make_response_promise<runtime_view>();
    ask_health([this, promise](const health_view& health) mutable {
      auto view = actors::build_runtime(*settings.status, stages_here());
      view.version = settings.version;
      view.started_at_us = to_us(settings.started_at);
      view.database = to_string(storage::dialect_of(settings.database.url).value());
      view.data_dir = settings.data_dir.string();
      view.health = health.state;
      view.in_flight_limit = settings.in_flight;
      promise.deliver(std::move(view));
    });
    return promise;
  }

  actors_view list_actors() const { return build_actors(*settings.status, stages_here()); }

  caf::result<stages_view> list_stages() {
    auto promise = self->make_response_promise<stages_view>();
    count_if_due(watched_share);
    if (!counting || (latest && latest->took > count_patience)) {
      promise.deliver(stages());
      return promise;
    }
    if (waiting.empty())
      self->delayed_send(self, count_patience, answer_stages{});
    waiting.push_back(promise);
    return promise;
  }

  caf::result<health_view> tell_health() {
    auto promise = self->make_response_promise<health_view>();
    ask_health([promise](const health_view& health) mutable { promise.deliver(health); });
    return promise;
  }

  caf::result<runtimes_view> list_runtimes() {
    const auto identity = settings.status->identity();
    return ask<runtimes_view>(
        [now = settings.time->now(), own = identity ? identity->id : 0](inspector_queries& in) {
          return build_runtimes(in.runtimes(), now, own);
        });
  }

  caf::result<services_view> list_services() {
    auto promise = self->make_response_promise<services_view>();
    auto fail = [promise](const char* why) mutable {
      promise.deliver(services_view{.trouble = why, .services = {}});
    };
    if (!others.router) {
      fail("the service router is not running");
      return promise;
    }
    self->request(others.router, observer_patience, get_services{})
        .then(
            [promise](const services_seen& seen) mutable { promise.deliver(build_services(seen)); },
            [fail](const caf::error&) mutable { fail("the service router does not answer"); });
    return promise;
  }

  caf::result<jobs_view> list_jobs(const get_jobs& msg) {
    return ask<jobs_view>([msg, status = settings.status](inspector_queries& in) {
      return with_progress(in.jobs(msg.filter), *status->progress());
    });
  }

  caf::result<job_view> build_job(const get_job& msg) {
    return ask<job_view>([msg, status = settings.status](inspector_queries& in) {
      return with_progress(in.job(msg.job), *status->progress());
    });
  }

  caf::result<events_view> list_events(const get_events& msg) {
    return ask<events_view>([msg](inspector_queries& in) { return in.events(msg.filter); });
  }

  caf::result<sent_back_view> send_back(const send_back_dead& msg) {
    return ask<sent_back_view>([msg](inspector_queries& in) { return in.send_back(msg); });
  }

  caf::result<order_answer> obey(const change_order& msg) {
    auto promise = self->make_response_promise<order_answer>();
    if (ends_runtime(msg.what)) {
      end_when_written(
          msg, [promise](order_answer became) mutable { promise.deliver(std::move(became)); });
      return promise;
    }
    log_order(msg);
    on(
        settings.database_thread, database,
        [msg](inspector_queries& in) { return in.carry_out(msg); },
        [promise](order_answer& became) mutable { promise.deliver(std::move(became)); },
        [promise](const storage::error& e) mutable {
          promise.deliver(order_answer{false, e.what()});
        });
    return promise;
  }

  void receive(const incoming_request& msg) {
    // Answered at once: what is received next may be the end that was ordered.
    if (const auto* given = std::get_if<give_order>(&msg.asked);
        given != nullptr && ends_runtime(given->order.what))
      return end_when_written(given->order, [back = msg.back](const order_answer& became) {
        back->send(to_line(became));
      });
    std::visit(
        [&](const auto& asked) {
          using answer = typename std::decay_t<decltype(asked)>::answer;
          self->request(caf::actor_cast<inspector_actor>(self), caf::infinite, asked)
              .then([back = msg.back](const answer& said) { back->send(to_line(said)); },
                    [this, back = msg.back](const caf::error& e) {
                      back->send(failure_line(to_text(self->system(), e)));
                    });
        },
        msg.asked);
  }

  void go_on(const work_done& msg) {
    if (const auto what = under_way.extract(msg.id))
      what.mapped()();
  }

  void answer_waiting() {
    for (auto& one : std::exchange(waiting, {}))
      one.deliver(stages());
  }

  void count_now_and_then() {
    count_if_due(unwatched_share);
    const auto took = latest ? latest->took : 0us;
    self->delayed_send(self, std::max<duration>(unwatched_interval, unwatched_share * took),
                       count_again{});
  }

  /// Guests are answered from now on. A question that comes when this one is dead is dropped, and
  /// its end says so.
  void answer_guests() {
    if (settings.server != nullptr)
      settings.server->serve(
          [me = self->address()](question asked, std::shared_ptr<response_handle> back) {
            if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
              caf::anon_send(caf::actor_cast<inspector_impl>(alive),
                             incoming_request{std::move(asked), std::move(back)});
          });
  }

 private:
  bool counting = false;
  std::optional<figures> latest;
  std::optional<caf::actor_clock::time_point> counted_at;
  std::string trouble;
  std::vector<promise<stages_view>> waiting;

  /// What follows the work that is under way on the thread of the database.
  std::map<std::uint64_t, std::function<void()>> under_way;
  std::uint64_t last_work = 0;

  /// Does `work` on a thread, and then what follows here. The thread keeps no actor alive: its work
  /// may hang.
  template <class Work, class Done, class Failed>
  void on(const std::shared_ptr<executor>& thread, const std::shared_ptr<inspector_queries>& with,
          Work work, Done done, Failed failed) {
    using result = std::invoke_result_t<Work, inspector_queries&>;
    const auto became = std::make_shared<std::variant<std::monostate, result, storage::error>>();
    const auto id = ++last_work;
    under_way[id] = [=]() mutable {
      if (auto* good = std::get_if<result>(became.get()))
        done(*good);
      else
        failed(std::get<storage::error>(*became));
    };
    thread->run([=, me = self->address()]() mutable {
      try {
        became->template emplace<result>(work(*with));
      } catch (...) {
        became->template emplace<storage::error>(storage::current_error("cannot answer"));
      }
      if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
        caf::anon_send(caf::actor_cast<inspector_impl>(alive), work_done{id});
    });
  }

  template <class View, class Work>
  caf::result<View> ask(Work work) {
    auto promise = self->make_response_promise<View>();
    on(
        settings.database_thread, database, std::move(work),
        [promise](View& view) mutable { promise.deliver(std::move(view)); },
        [promise](const storage::error& e) mutable { promise.deliver(View{.trouble = e.what()}); });
    return promise;
  }

  void count_if_due(int share) {
    const auto now = self->clock().now();
    if (counting || (latest && now < *counted_at + share * latest->took))
      return;
    counting = true;
    counted_at = now;
    on(
        settings.counting_thread, counter, [](inspector_queries& in) { return in.count(); },
        [this](figures& counted) {
          latest = std::move(counted);
          trouble.clear();
          counting = false;
          answer_waiting();
        },
        [this](const storage::error& e) {
          trouble = e.what();
          counting = false;
          answer_waiting();
        });
  }

  std::vector<stage_view> stages_here() const {
    return build_stages(*settings.status, *settings.pipelines, settings.worker_count,
                        self->clock().now());
  }

  stages_view stages() const {
    stages_view view{.trouble = trouble, .stages = stages_here()};
    if (latest) {
      view.counted_at_us = to_us(latest->at);
      add_figures(view.stages, *latest);
    }
    return view;
  }

  template <class Next>
  void ask_health(Next next) {
    auto judge = [this, next](const health& seen) mutable {
      next(build_health(seen, *settings.status, settings.hung_after));
    };
    if (!others.health_monitor)
      return judge(health{health_state::degraded, {"the health monitor is not running"}});
    self->request(others.health_monitor, observer_patience, get_health{})
        .then(judge, [judge](const caf::error&) mutable {
          judge(health{health_state::unhealthy, {"the health monitor does not answer"}});
        });
  }

  static bool ends_runtime(order what) { return what == order::drain || what == order::stop; }

  static void log_order(const change_order& msg) {
    log_event(
        log_level::info, "ORDERED",
        {{"what", to_string(msg.what)}, {"stage", msg.stage}, {"job", msg.job}, {"by", msg.by}});
  }

  /// The order is written down first, for the end drops what has not been written; but the end does
  /// not wait for a database that is away.
  void end_when_written(const change_order& msg, std::function<void(order_answer)> tell) {
    log_order(msg);
    const auto go_on = [this, msg, tell = std::move(tell),
                        is_over = std::make_shared<bool>(false)] {
      if (!std::exchange(*is_over, true))
        tell(end_runtime(msg));
    };
    on(
        settings.database_thread, database,
        [what = describe_end(*settings.status, msg)](inspector_queries& in) {
          in.record(what);
          return true;
        },
        [go_on](bool) { go_on(); },
        [go_on](const storage::error& e) {
          log_event(log_level::warning, "ORDER_NOT_RECORDED", {{"why", e.why()}});
          go_on();
        });
    const auto id = ++last_work;
    under_way[id] = go_on;
    self->delayed_send(self, record_patience, work_done{id});
  }

  order_answer end_runtime(const change_order& msg) {
    if (settings.status->phase() == runtime_phase::stopping)
      return {true, "the runtime is stopping already"};
    self->send(supervisor, drain_runtime{});
    // The second one gives back what is at work.
    if (msg.what == order::stop)
      self->send(supervisor, stop_runtime{});
    return {true, answer_to_end(msg.what)};
  }
};

inspector_impl::behavior_type inspector(measured<inspector_impl, inspector_state> self,
                                        std::uint32_t generation,
                                        const supervisor_actor& supervisor,
                                        const inspector_settings& settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.supervisor = supervisor;
  state.settings = settings;
  const auto connect = [&] {
    return std::make_shared<inspector_queries>(settings.database, settings.data_dir,
                                               *settings.pipelines, settings.rules, *settings.time);
  };
  state.database = connect();
  state.counter = connect();
  state.answer_guests();
  self->send(supervisor, init_complete{state.name, generation});
  state.count_now_and_then();
  return {
      [=](get_runtime) { return self->state.build_runtime(); },
      [=](get_actors) { return self->state.list_actors(); },
      [=](get_stages) { return self->state.list_stages(); },
      [=](get_health_view) { return self->state.tell_health(); },
      [=](get_runtimes) { return self->state.list_runtimes(); },
      [=](get_services_view) { return self->state.list_services(); },
      [=](const get_jobs& msg) { return self->state.list_jobs(msg); },
      [=](const get_job& msg) { return self->state.build_job(msg); },
      [=](const get_events& msg) { return self->state.list_events(msg); },
      [=](const give_order& msg) { return self->state.obey(msg.order); },
      [=](const meet_observers& msg) { self->state.others = msg; },
      [](ping) { return pong{}; },
      [=](const send_back_dead& msg) { return self->state.send_back(msg); },
      [=](const incoming_request& msg) { self->state.receive(msg); },
      [=](const work_done& msg) { self->state.go_on(msg); },
      [=](count_again) { self->state.count_now_and_then(); },
      [=](answer_stages) { self->state.answer_waiting(); },
  };
}

}  // namespace

local_inspector_actor spawn_inspector(caf::local_actor& parent, std::uint32_t generation,
                                      const supervisor_actor& supervisor,
                                      const inspector_settings& settings) {
  if (settings.server != nullptr)
    return parent.spawn<caf::detached>(inspector, generation, supervisor, settings);
  return parent.spawn(inspector, generation, supervisor, settings);
}

}  // namespace millrace::actors
