#include "actors/runtime/writer_factory.hpp"

#include "actors/runtime/actor_tree.hpp"
#include "actors/store/writer_log.hpp"
#include "base/seeded_fault.hpp"

#include <utility>

namespace millrace::actors {

writer_factory::writer_factory(const runtime_settings& settings, const runtime_parts& parts,
                               pipeline::fleet_clock& time,
                               std::shared_ptr<storage::crash_journal> journal,
                               std::shared_ptr<storage::running_jobs_table> recorder,
                               std::shared_ptr<runtime_status> status)
    : settings_(settings),
      parts_(parts),
      time_(time),
      journal_(std::move(journal)),
      recorder_(std::move(recorder)),
      status_(std::move(status)),
      predecessor_(journal_->runtime_before()),
      running_(journal_->running_before()) {
  if (MILLRACE_SEEDED_FAULT("journal cleared too early"))
    journal_->clear();
}

std::shared_ptr<writer> writer_factory::make() {
  const std::scoped_lock guard{mutex_};
  auto what = writer_of(settings_);
  what.fleet = &time_;
  what.returned = returned_;
  what.schedules = parts_.schedules;
  what.predecessor = predecessor_;
  what.running = running_;
  what.became = [this](const storage::runtime_key& key) { became(key); };
  what.rescued = [befell = status_->befell(),
                  traces = parts_.traces](const storage::rescue_result& rescued) {
    tell_rescued(rescued, *befell);
    if (!traces)
      return;
    for (const auto* ended : {&rescued.poisoned, &rescued.cancelled})
      for (const auto id : *ended)
        traces->read({.job = id, .has_ended = true, .has_crashed = true});
  };
  last_ = std::make_shared<writer>(std::move(what), parts_.pipelines, time_);
  return last_;
}

std::shared_ptr<writer> writer_factory::make_settler() const {
  auto what = writer_of(settings_);
  what.returned = returned_;
  return std::make_shared<writer>(std::move(what), parts_.pipelines, time_);
}

void writer_factory::end_in_order() {
  const std::scoped_lock change{mutex_};
  if (has_become_)
    journal_->clear();
}

void writer_factory::became(const storage::runtime_key& key) {
  const std::scoped_lock change{mutex_};
  // Not before: a process that dies before it has rescued must leave to the next one what it found.
  if (!std::exchange(has_become_, true))
    journal_->clear();
  journal_->become(key);
  if (recorder_)
    recorder_->become(key.id);
  status_->become(key);
  // The next writer in this process rescues this one, whose jobs are not to blame.
  predecessor_ = key;
  running_.emplace();
}

}  // namespace millrace::actors
