#include "actors/inspector/server/inspector.hpp"

#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/build_views.hpp"
#include "actors/inspector/server/database_queries.hpp"
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

/// From a client of the server.
struct incoming_request {
  using local_message = void;
  request asked;
  std::shared_ptr<response_handle> response;
};

using inspector_impl = with_private<local_inspector_actor, caf::result<void>(incoming_request),
                                    caf::result<void>(work_done), caf::result<void>(count_again),
                                    caf::result<void>(answer_stages)>;

/// Delivers the answer to one request, once, now or later: to an actor or to a client. One that is
/// dropped with the inspector tells a client so.
template <class View>
using completion = std::function<void(View)>;

struct inspector_state {
  static inline const char* name = "inspector";

  inspector_impl::pointer self = nullptr;
  supervisor_actor supervisor;
  inspector_settings settings;
  meet_observers others;
  std::shared_ptr<inspector_queries> database;
  std::shared_ptr<inspector_queries> counter;

  /// Answers an actor.
  template <class Request>
  caf::result<typename Request::answer> respond(const Request& asked) {
    using view = typename Request::answer;
    auto promise = self->make_response_promise<view>();
    handle(asked, [promise](view answer) mutable { promise.deliver(std::move(answer)); });
    return promise;
  }

  /// Answers a client.
  void respond(const incoming_request& msg) {
    std::visit(
        [&](const auto& asked) {
          using view = typename std::decay_t<decltype(asked)>::answer;
          handle(asked, [response = msg.response](const view& answer) {
            response->send(to_line(answer));
          });
        },
        msg.asked);
  }

  void go_on(const work_done& msg) {
    if (const auto next = under_way.extract(msg.id))
      next.mapped()();
  }

  void answer_waiting() {
    for (const auto& deliver : std::exchange(waiting, {}))
      deliver(stages());
  }

  void count_now_and_then() {
    count_if_due(unwatched_share);
    const auto took = latest ? latest->took : 0us;
    self->delayed_send(self, std::max<duration>(unwatched_interval, unwatched_share * took),
                       count_again{});
  }

  /// From now on, clients are answered. A request that comes when this actor is dead is dropped,
  /// which answers it.
  void serve_clients() {
    if (settings.server != nullptr)
      settings.server->serve(
          [me = self->address()](request asked, std::shared_ptr<response_handle> response) {
            if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
              caf::anon_send(caf::actor_cast<inspector_impl>(alive),
                             incoming_request{std::move(asked), std::move(response)});
          });
  }

 private:
  bool counting = false;
  std::optional<figures> latest;
  std::optional<caf::actor_clock::time_point> counted_at;
  std::string trouble;
  std::vector<completion<stages_view>> waiting;

  /// What follows the work that is under way on the thread of the database.
  std::map<std::uint64_t, std::function<void()>> under_way;
  std::uint64_t last_work = 0;

  void handle(get_runtime, completion<runtime_view> deliver) {
    ask_health([this, deliver = std::move(deliver)](const health_view& health) {
      auto view = actors::build_runtime(*settings.status, stages_here());
      view.version = settings.version;
      view.started_at_us = to_us(settings.started_at);
      view.database = to_string(storage::dialect_of(settings.database.url).value());
      view.data_dir = settings.data_dir.string();
      view.health = health.state;
      view.in_flight_limit = settings.in_flight;
      deliver(std::move(view));
    });
  }

  void handle(get_actors, const completion<actors_view>& deliver) {
    deliver(build_actors(*settings.status, stages_here()));
  }

  void handle(get_stages, completion<stages_view> deliver) {
    count_if_due(watched_share);
    if (!counting || (latest && latest->took > count_patience))
      return deliver(stages());
    if (waiting.empty())
      self->delayed_send(self, count_patience, answer_stages{});
    waiting.push_back(std::move(deliver));
  }

  void handle(get_health_view, completion<health_view> deliver) { ask_health(std::move(deliver)); }

  void handle(get_runtimes, completion<runtimes_view> deliver) {
    const auto identity = settings.status->identity();
    query(std::move(deliver),
          [now = settings.time->now(), own = identity ? identity->id : 0](inspector_queries& in) {
            return build_runtimes(in.runtimes(), now, own);
          });
  }

  void handle(get_services_view, const completion<services_view>& deliver) {
    const auto fail = [deliver](const char* why) {
      deliver(services_view{.trouble = why, .services = {}});
    };
    if (!others.router)
      return fail("the service router is not running");
    self->request(others.router, observer_patience, get_services{})
        .then([deliver](const services_seen& seen) { deliver(build_services(seen)); },
              [fail](const caf::error&) { fail("the service router does not answer"); });
  }

  void handle(const get_jobs& asked, completion<jobs_view> deliver) {
    query(std::move(deliver), [asked, status = settings.status](inspector_queries& in) {
      return with_progress(in.jobs(asked), *status->progress());
    });
  }

  void handle(const get_job& asked, completion<job_view> deliver) {
    query(std::move(deliver), [asked, status = settings.status](inspector_queries& in) {
      return with_progress(in.job(asked.job), *status->progress());
    });
  }

  void handle(const get_events& asked, completion<events_view> deliver) {
    query(std::move(deliver), [asked](inspector_queries& in) { return in.events(asked); });
  }

  void handle(const send_back_dead& asked, completion<sent_back_view> deliver) {
    query(std::move(deliver), [asked](inspector_queries& in) { return in.send_back(asked); });
  }

  void handle(const give_order& asked, const completion<order_answer>& deliver) {
    log_order(asked.order);
    if (ends_runtime(asked.order.what))
      return end_when_recorded(asked.order, deliver);
    run_on(
        settings.database_thread, database,
        [asked](inspector_queries& in) { return in.carry_out(asked.order); },
        [deliver](order_answer& answer) { deliver(std::move(answer)); },
        [deliver](const storage::error& e) {
          deliver(order_answer{false, e.what()});
        });
  }

  /// Does `work` on a thread, and then what follows here. The thread keeps neither the actor nor
  /// those who wait for it: its work may hang.
  template <class Work, class Done, class Failed>
  void run_on(const std::shared_ptr<executor>& thread,
              const std::shared_ptr<inspector_queries>& queries, Work work, Done done,
              Failed failed) {
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
        became->template emplace<result>(work(*queries));
      } catch (...) {
        became->template emplace<storage::error>(storage::current_error("cannot answer"));
      }
      if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(me))
        caf::anon_send(caf::actor_cast<inspector_impl>(alive), work_done{id});
    });
  }

  /// Delivers what `work` reads from the database, or why it could not.
  template <class View, class Work>
  void query(completion<View> deliver, Work work) {
    run_on(
        settings.database_thread, database, std::move(work),
        [deliver](View& view) { deliver(std::move(view)); },
        [deliver](const storage::error& e) { deliver(View{.trouble = e.what()}); });
  }

  void count_if_due(int share) {
    const auto now = self->clock().now();
    if (counting || (latest && now < *counted_at + share * latest->took))
      return;
    counting = true;
    counted_at = now;
    run_on(
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

  void ask_health(completion<health_view> deliver) {
    const auto judge = [this, deliver = std::move(deliver)](const health& seen) {
      deliver(build_health(seen, *settings.status, settings.hung_after));
    };
    if (!others.health_monitor)
      return judge(health{health_state::degraded, {"the health monitor is not running"}});
    self->request(others.health_monitor, observer_patience, get_health{})
        .then(judge, [judge](const caf::error&) {
          judge(health{health_state::unhealthy, {"the health monitor does not answer"}});
        });
  }

  static bool ends_runtime(order what) { return what == order::drain || what == order::stop; }

  static void log_order(const change_order& msg) {
    log_event(
        log_level::info, "ORDERED",
        {{"what", to_string(msg.what)}, {"stage", msg.stage}, {"job", msg.job}, {"by", msg.by}});
  }

  /// The order is written down first, since the end drops what has not been written; but the end
  /// does not wait for a database that is away.
  void end_when_recorded(const change_order& msg, const completion<order_answer>& deliver) {
    const auto go_on = [this, msg, deliver, is_over = std::make_shared<bool>(false)] {
      if (!std::exchange(*is_over, true))
        deliver(end_runtime(msg));
    };
    run_on(
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
  state.serve_clients();
  self->send(supervisor, init_complete{state.name, generation});
  state.count_now_and_then();
  return {
      [=](get_runtime msg) { return self->state.respond(msg); },
      [=](get_actors msg) { return self->state.respond(msg); },
      [=](get_stages msg) { return self->state.respond(msg); },
      [=](get_health_view msg) { return self->state.respond(msg); },
      [=](get_runtimes msg) { return self->state.respond(msg); },
      [=](get_services_view msg) { return self->state.respond(msg); },
      [=](const get_jobs& msg) { return self->state.respond(msg); },
      [=](const get_job& msg) { return self->state.respond(msg); },
      [=](const get_events& msg) { return self->state.respond(msg); },
      [=](const give_order& msg) { return self->state.respond(msg); },
      [=](const send_back_dead& msg) { return self->state.respond(msg); },
      [=](const incoming_request& msg) { self->state.respond(msg); },
      [=](const meet_observers& msg) { self->state.others = msg; },
      [](ping) { return pong{}; },
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
