#include "tests/support/virtual_runtime.hpp"

#include "base/check.hpp"
#include "storage/db/migrate.hpp"

#include <caf/actor_cast.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::tests {

using namespace std::chrono_literals;
using namespace actors;

virtual_runtime::virtual_runtime() {
  pipeline::add_basic_handlers(handlers);
  settings.database.url = "sqlite:" + (dir_.path() / "millrace.db").string();
  settings.data_dir = dir_.path();
  settings.version = "test";
  settings.min_free_disk = 0;
}

virtual_runtime::~virtual_runtime() = default;

std::shared_ptr<writer> virtual_runtime::make_writer() const {
  auto what = writer_of(settings);
  what.schedules = schedules;
  what.running.emplace();
  return std::make_shared<writer>(std::move(what), parts_->pipelines, time_);
}

void virtual_runtime::start() {
  catalog_ = std::make_unique<pipeline::catalog>(pipelines);
  database_ = std::make_unique<storage::connection>(settings.database);
  storage::migrate(*database_, time_.now());
  jobs_ = std::make_unique<storage::job_store>(*database_, *catalog_);
  journal_ = std::make_shared<storage::crash_journal>(settings.data_dir);
  parts_ = std::make_unique<runtime_parts>(runtime_parts{
      .pipelines = *catalog_, .handlers = handlers, .schedules = schedules, .remote = remote});
  const auto executor = std::make_shared<inline_executor>();
  tree_.spawn({.time = &time_,
               .workers = executor,
               .worker_count = 2,
               .journal = journal_,
               .recorder = nullptr,
               .make_connections =
                   [this, executor] {
                     return std::vector<write_connection>{{make_writer(), executor}};
                   },
               .inspector_thread = executor,
               .counting_thread = executor},
              settings, *parts_, more_children);
  tree_.run();
}

void virtual_runtime::pass(duration time) {
  while (time.count() > 0) {
    const auto step = std::min<duration>(time, 10ms);
    time_.advance(step);
    tree_.scheduler().advance_time(step);
    tree_.run();
    time -= step;
  }
}

void virtual_runtime::stop() {
  tree_.stop();
  tree_.run();
}

std::vector<pipeline::job_id> virtual_runtime::submit(int count, std::uint16_t pipeline) {
  const std::vector<storage::new_job> jobs(static_cast<std::size_t>(count),
                                           storage::new_job{.pipeline = pipeline});
  return jobs_->submitter.enqueue(jobs, time_.now());
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

std::vector<std::string> virtual_runtime::alive() {
  std::vector<std::string> names;
  for (const auto& one : tree_.components().alive)
    names.push_back(one.name);
  return names;
}

caf::actor virtual_runtime::child(const std::string& name) {
  auto found = tree_.find(name);
  MILLRACE_CHECK(found);
  return found;
}

void virtual_runtime::wake() {
  caf::anon_send(caf::actor_cast<poller_actor>(child("poller")), look_for_jobs{});
  tree_.run();
}

void virtual_runtime::crash(const std::string& name) {
  tree_.crash(child(name));
  tree_.run();
}

}  // namespace millrace::tests
