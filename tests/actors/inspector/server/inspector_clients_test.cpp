#include "actors/inspector/client/connect.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/inspector.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/silent_supervisor.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait_until.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

// The inspector behind its socket, with real threads.
namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

/// Begins no task: a database that hangs.
class hanging_executor final : public executor {
 public:
  void run(std::function<void()> task) override {
    const std::scoped_lock guard{mutex_};
    tasks_.push_back(std::move(task));
  }
  std::shared_ptr<executor> beside(unsigned) override {
    return std::make_shared<hanging_executor>();
  }
  std::size_t task_count() {
    const std::scoped_lock guard{mutex_};
    return tasks_.size();
  }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
};

/// An inspector without a database, a health monitor and a service router.
struct lonely_inspector {
  lonely_inspector() {
    inspector = spawn_inspector(*self.ptr(), 1, system.spawn(tests::silent_supervisor),
                                {.status = std::make_shared<runtime_status>(),
                                 .pipelines = &pipelines,
                                 .time = &time,
                                 .database_thread = database,
                                 .counting_thread = std::make_shared<hanging_executor>(),
                                 .database = {"sqlite:" + (dir.path() / "test.db").string()},
                                 .data_dir = dir.path(),
                                 .version = "1",
                                 .hung_after = 15s,
                                 .server = &server});
  }
  ~lonely_inspector() { crash(); }
  lonely_inspector(const lonely_inspector&) = delete;
  lonely_inspector& operator=(const lonely_inspector&) = delete;

  void crash() const { caf::anon_send_exit(inspector, caf::exit_reason::kill); }

  tests::temp_dir dir;
  tests::manual_clock time;
  pipeline::catalog pipelines{{{"p", {{.name = "a", .handler = "noop"}}}}};
  std::shared_ptr<hanging_executor> database = std::make_shared<hanging_executor>();
  inspector_server server{{dir.path(), "1", std::nullopt}};
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  local_inspector_actor inspector;
};

struct test_client {
  explicit test_client(const lonely_inspector& to)
      : through{attach_to({.data_dir = to.dir.path()}, "1")} {}

  void send(const request& asked) {
    REQUIRE(through.send(to_line(asked), deadline) == net::line_stream::end::well);
  }
  template <class View>
  View receive() {
    std::string line;
    REQUIRE(through.read(line, answer_limit, deadline) == net::line_stream::end::well);
    return read_answer<View>(line);
  }
  template <class Request>
  typename Request::answer ask(const Request& asked) {
    send(asked);
    return receive<typename Request::answer>();
  }

  net::line_stream through;
  net::line_stream::clock::time_point deadline = net::line_stream::clock::now() + 1min;
};

TEST_CASE("a client is answered with what is known, also where others do not answer") {
  const lonely_inspector at;
  test_client client{at};
  CHECK(client.ask(get_runtime{}).version == "1");
  CHECK(client.ask(get_actors{}).actors.empty());
  const auto stages = client.ask(get_stages{});
  CHECK(stages.counted_at_us == 0);
  CHECK(stages.stages.size() == 1);
  CHECK(client.ask(get_health_view{}).reasons ==
        std::vector<std::string>{"the health monitor is not running"});
  CHECK(client.ask(get_services_view{}).trouble == "the service router is not running");
  // It is carried out though it cannot be written down.
  CHECK(client.ask(give_order{{.what = order::drain}}).done);
}

TEST_CASE(
    "clients that wait for an inspector are told when it crashes, even if the database hangs") {
  const lonely_inspector at;
  test_client first{at};
  test_client second{at};
  first.send(get_jobs{});
  second.send(get_job{7});
  tests::wait_until([&] { return at.database->task_count() == 2; });
  at.crash();
  CHECK_THROWS_WITH(first.receive<jobs_view>(), Catch::Contains("the inspector went before"));
  CHECK_THROWS_WITH(second.receive<job_view>(), Catch::Contains("the inspector went before"));
}

}  // namespace
