#include "tests/support/virtual_runtime.hpp"

#include "pipeline/check.hpp"
#include "storage/migrate.hpp"

#include <caf/actor_cast.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::tests {

using namespace std::chrono_literals;
using namespace actors;

struct virtual_runtime::test_config : caf::actor_system_config {
  test_config() { set("scheduler.policy", caf::atom("testing")); }
};

namespace {

caf::scheduler::test_coordinator& scheduler_of(caf::actor_system& system) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

}  // namespace

virtual_runtime::virtual_runtime() : report_(std::make_shared<run_report>()) {
  pipeline::add_basic_handlers(handlers);
  settings.database.url = "sqlite:" + (dir_.path() / "millrace.db").string();
  settings.data_dir = dir_.path();
  settings.version = "test";
  settings.min_free_disk = 0;
}

virtual_runtime::~virtual_runtime() {
  if (!ended_ && supervisor_)
    kill();
  supervisor_ = nullptr;
}

std::shared_ptr<writer> virtual_runtime::make_writer() const {
  auto what = writer_of(settings);
  what.schedules = schedules;
  what.in_hand.emplace();
  return std::make_shared<writer>(std::move(what), parts_->pipelines, time_);
}

void virtual_runtime::start() {
  catalog_ = std::make_unique<pipeline::catalog>(pipelines);
  database_ = std::make_unique<storage::connection>(settings.database);
  storage::migrate(*database_, time_.now());
  jobs_ = std::make_unique<storage::job_store>(*database_, *catalog_);
  hands_ = std::make_shared<storage::hand_journal>(settings.data_dir);
  parts_ = std::make_unique<runtime_parts>(
      runtime_parts{.pipelines = *catalog_,
                    .handlers = handlers,
                    .schedules = schedules,
                    .services = std::make_shared<pipeline::ingest::service_directory>(),
                    .remote = remote});
  config_ = std::make_unique<test_config>();
  system_ = std::make_unique<caf::actor_system>(*config_);
  const auto executor = std::make_shared<inline_executor>();
  supervisor_ = spawn_tree(*system_,
                           {.time = &time_,
                            .workers = executor,
                            .worker_count = 2,
                            .hands = hands_,
                            .recorder = nullptr,
                            .make_lanes =
                                [this, executor] {
                                  return std::vector<store_lane>{{make_writer(), executor}};
                                },
                            .inspector_thread = executor,
                            .counting_thread = executor},
                           settings, *parts_, report_, more_children);
  caf::actor_cast<caf::strong_actor_ptr>(supervisor_)
      ->get()
      ->attach_functor([this](const caf::error&) { ended_ = true; });
  run();
}

void virtual_runtime::run() { scheduler_of(*system_).run(); }

void virtual_runtime::pass(pipeline::duration time) {
  while (time.count() > 0) {
    const auto step = std::min<pipeline::duration>(time, 10ms);
    time_.advance(step);
    scheduler_of(*system_).advance_time(step);
    run();
    time -= step;
  }
}

void virtual_runtime::stop() {
  caf::anon_send(supervisor_, stop_runtime{});
  run();
}

void virtual_runtime::kill() {
  caf::anon_send_exit(supervisor_, caf::exit_reason::kill);
  run();
}

std::vector<pipeline::job_id> virtual_runtime::submit(int count, std::uint16_t pipeline) {
  const std::vector<storage::new_job> jobs(static_cast<std::size_t>(count),
                                           storage::new_job{.pipeline = pipeline});
  return jobs_->enqueue(jobs, time_.now());
}

storage::job_record virtual_runtime::job(pipeline::job_id id) {
  auto found = storage::find_job(*database_, id);
  MILLRACE_CHECK(found.has_value());
  return *found;
}

std::vector<std::string> virtual_runtime::history(pipeline::job_id id) {
  std::vector<std::string> lines;
  for (const auto& e : storage::list_events(*database_, {.job = id}))
    lines.push_back(e.code.empty() ? fmt::format("{} {}", e.stage, e.type)
                                   : fmt::format("{} {} {}", e.stage, e.type, e.code));
  return lines;
}

components virtual_runtime::components() {
  actors::components answer;
  caf::scoped_actor me{*system_};
  auto request = me->request(supervisor_, caf::infinite, get_components{});
  run();
  request.receive([&](actors::components& msg) { answer = std::move(msg); },
                  [](const caf::error&) {});
  return answer;
}

std::vector<std::string> virtual_runtime::alive() {
  std::vector<std::string> names;
  for (const auto& one : components().alive)
    names.push_back(one.name);
  return names;
}

caf::actor virtual_runtime::child(const std::string& name) {
  const auto all = components().alive;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const component& one) { return one.name == name; });
  MILLRACE_CHECK(at != all.end());
  return at->handle;
}

void virtual_runtime::wake() {
  caf::anon_send(caf::actor_cast<poller_actor>(child("poller")), look_for_jobs{});
  run();
}

void virtual_runtime::crash(const std::string& name) {
  const auto victim = child(name);
  caf::anon_send(victim, caf::exit_msg{victim->address(), caf::make_error(caf::sec::runtime_error,
                                                                          std::string{"a bug"})});
  run();
}

}  // namespace millrace::tests
